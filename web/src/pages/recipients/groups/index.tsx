// Recipients > Groups.
import { PeopleTeam20Regular } from '@fluentui/react-icons/svg/people-team';
import { lazy, type ReactElement } from 'react';
import { useCmdlet } from '../../../api/queries';
import { MOST_LISTED } from '../recipient';
import { RecipientPage } from '../RecipientPage';
import { GROUP } from '../use-remove';
import { Details } from './Details';
import { useColumns } from './list-columns';

const NewGroup = lazy(() => import('./NewGroup').then((m) => ({ default: m.NewGroup })));
const EditGroup = lazy(() => import('./EditGroup').then((m) => ({ default: m.EditGroup })));

export default function Groups(): ReactElement {
  const answer = useCmdlet('Get-DistributionGroup', { ResultSize: MOST_LISTED });
  return (
    <RecipientPage
      kind={GROUP}
      icon={<PeopleTeam20Regular fontSize={40} />}
      answer={answer}
      columns={useColumns()}
      Details={Details}
      New={NewGroup}
      Edit={EditGroup}
    />
  );
}
