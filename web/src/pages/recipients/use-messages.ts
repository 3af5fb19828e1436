// Broken rules in the person's words, by parameter.
import { useTranslation } from 'react-i18next';
import type { RuleText as MailboxRule } from './mailboxes/rules';
import type { RuleText as GroupRule } from './groups/rules';
import type { RuleText as ContactRule } from './contacts/contact';

type RuleText = MailboxRule | GroupRule | ContactRule;

export function useMessages(): (
  broken: Readonly<Partial<Record<string, RuleText>>>,
) => Record<string, string> {
  const { t } = useTranslation();
  return (broken) =>
    Object.fromEntries(
      Object.entries(broken).flatMap(([name, text]) => (text ? [[name, t(text)]] : [])),
    );
}
