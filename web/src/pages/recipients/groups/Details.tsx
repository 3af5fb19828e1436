// The details pane of the list of groups, with the first of the members.
import { Link } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { DetailsPane } from '../../../parts/DetailsPane';
import { useFormat } from '../../../texts/format';
import { addressesOf } from '../addresses';
import { lines } from '../lines';
import { originOf, ownDisplayName } from '../recipient';
import type { Group } from './group';
import { MembersDialog } from './MembersDialog';
import { useMembers } from './use-members';

/** How many members the pane names. */
const FIRST = 8;

export function Details({ objects }: { objects: readonly Group[] }): ReactElement {
  const { t } = useTranslation();
  const [one, ...others] = objects;
  if (!one) return <DetailsPane />;
  if (others.length > 0)
    return <DetailsPane title={t('list.several', { count: objects.length })} />;
  return <OneGroup key={one.Guid} group={one} />;
}

function OneGroup({ group }: { group: Group }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const senders = group.AcceptMessagesOnlyFromSendersOrMembers;
  const facts = [
    { name: t('recipients.columns.address'), value: group.PrimarySmtpAddress },
    { name: t('recipients.columns.others'), value: lines(addressesOf(group).EmailAddresses) },
    { name: t('recipients.displayName'), value: ownDisplayName(group) },
    {
      name: t('groups.membersLabel'),
      value: <FirstMembers group={group} onShow={() => setOpen(true)} />,
    },
    {
      name: t('groups.whoMaySend'),
      value: t(
        group.RequireSenderAuthenticationEnabled ? 'groups.onlyInside' : 'groups.insideAndOutside',
      ),
    },
    { name: t('groups.senders'), value: lines(senders) },
    { name: t('groups.maxReceive'), value: format.size(group.MaxReceiveSize) },
    { name: t('groups.notes'), value: group.Notes ?? '' },
    { name: t('recipients.origin'), value: t(originOf(group)) },
    { name: t('sendConnectors.columns.changed'), value: format.dateTime(group.WhenChanged) },
  ];
  return (
    <>
      <DetailsPane title={group.Name} facts={facts} />
      {open && <MembersDialog group={group} onClose={() => setOpen(false)} />}
    </>
  );
}

function FirstMembers({ group, onShow }: { group: Group; onShow: () => void }): ReactElement {
  const { t } = useTranslation();
  const { data, error } = useMembers(group, FIRST);
  if (error) return <>{error.message}</>;
  if (!data) return <>{t('common.loading')}</>;
  if (data.objects.length === 0) return <>{t('groups.noMembers')}</>;
  return (
    <>
      {data.objects.map(({ Guid, Name }) => (
        <div key={Guid}>{Name}</div>
      ))}
      {data.warnings.length > 0 && (
        <Link as="button" onClick={onShow}>
          {t('groups.showMembers')}
        </Link>
      )}
    </>
  );
}
