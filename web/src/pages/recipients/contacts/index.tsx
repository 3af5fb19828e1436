// Recipients > Contacts.
import { ContactCard20Regular } from '@fluentui/react-icons/svg/contact-card';
import { lazy, type ReactElement } from 'react';
import { useCmdlet } from '../../../api/queries';
import { MOST_LISTED } from '../recipient';
import { RecipientPage } from '../RecipientPage';
import { CONTACT } from '../use-remove';
import { Details } from './Details';
import { useColumns } from './list-columns';

const NewContact = lazy(() => import('./NewContact').then((m) => ({ default: m.NewContact })));
const EditContact = lazy(() => import('./EditContact').then((m) => ({ default: m.EditContact })));

export default function Contacts(): ReactElement {
  const answer = useCmdlet('Get-MailContact', { ResultSize: MOST_LISTED });
  return (
    <RecipientPage
      kind={CONTACT}
      icon={<ContactCard20Regular fontSize={40} />}
      answer={answer}
      columns={useColumns()}
      Details={Details}
      New={NewContact}
      Edit={EditContact}
    />
  );
}
