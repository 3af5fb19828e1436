// Recipients > Mailboxes.
import { Mailbox20Regular } from '@fluentui/react-icons/svg/mailbox';
import { lazy, type ReactElement } from 'react';
import { useCmdlet } from '../../../api/queries';
import { MOST_LISTED } from '../recipient';
import { RecipientPage } from '../RecipientPage';
import { MAILBOX } from '../use-remove';
import { Details } from './Details';
import { useColumns } from './list-columns';

const NewMailbox = lazy(() => import('./NewMailbox').then((m) => ({ default: m.NewMailbox })));
const EditMailbox = lazy(() => import('./EditMailbox').then((m) => ({ default: m.EditMailbox })));

export default function Mailboxes(): ReactElement {
  const answer = useCmdlet('Get-Mailbox', { ResultSize: MOST_LISTED });
  return (
    <RecipientPage
      kind={MAILBOX}
      icon={<Mailbox20Regular fontSize={40} />}
      answer={answer}
      columns={useColumns()}
      Details={Details}
      New={NewMailbox}
      Edit={EditMailbox}
    />
  );
}
