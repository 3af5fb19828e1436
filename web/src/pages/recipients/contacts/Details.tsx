// The details pane of the list of mail contacts.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { DetailsPane } from '../../../parts/DetailsPane';
import { useFormat } from '../../../texts/format';
import { lines } from '../lines';
import { originOf, ownDisplayName } from '../recipient';
import type { Contact } from './contact';

export function Details({ objects }: { objects: readonly Contact[] }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const [one, ...others] = objects;
  if (!one) return <DetailsPane />;
  if (others.length > 0)
    return <DetailsPane title={t('list.several', { count: objects.length })} />;
  const facts = [
    { name: t('contacts.external'), value: one.ExternalEmailAddress },
    { name: t('contacts.addresses'), value: lines(one.EmailAddresses) },
    { name: t('recipients.displayName'), value: ownDisplayName(one) },
    { name: t('recipients.origin'), value: t(originOf(one)) },
    { name: t('sendConnectors.columns.changed'), value: format.dateTime(one.WhenChanged) },
  ];
  return <DetailsPane title={one.Name} facts={facts} />;
}
