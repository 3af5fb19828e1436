// Who is in a group, to look at: also for those who may not change it.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorPanel } from '../../../parts/ErrorPanel';
import { ModalDialog } from '../../../parts/ModalDialog';
import { MembersField } from '../MembersField';
import type { Group } from './group';
import { useMembers } from './use-members';

interface Props {
  group: Group;
  onClose: () => void;
}

export function MembersDialog({ group, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const { data, error, refetch } = useMembers(group);
  return (
    <ModalDialog title={t('groups.membersOf', { name: group.Name })} onClose={onClose}>
      {error && <ErrorPanel problem={error} onRetry={() => void refetch()} />}
      {!error && (
        <MembersField label={t('groups.membersLabel')} height={340} members={data?.objects} />
      )}
    </ModalDialog>
  );
}
