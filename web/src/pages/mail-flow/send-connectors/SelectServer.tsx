// Select a server: the servers with the Mailbox role, "add ->", the selected ones, OK. Adding one
// twice is harmless. Enter or a double click on a server adds it too.
import {
  Button,
  InteractionTag,
  InteractionTagPrimary,
  InteractionTagSecondary,
  TagGroup,
  Text,
  makeStyles,
} from '@fluentui/react-components';
import { useMemo, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Described } from '../../../api/outputs';
import { useCmdlet } from '../../../api/queries';
import { ErrorPanel } from '../../../parts/ErrorPanel';
import { ListGrid } from '../../../parts/ListGrid';
import { ModalDialog } from '../../../parts/ModalDialog';
import type { Column, ObjectListProps } from '../../../parts/list-props';
import { useListTable } from '../../../parts/list-table';

interface Props {
  onSelect: (names: string[]) => void;
  onClose: () => void;
}

const useStyles = makeStyles({
  grid: { display: 'flex', height: '220px' },
  add: { margin: '12px 0' },
  chosen: { minHeight: '40px' },
});

type Server = Described['ExchangeServer'];

const keyOf = (server: Server) => server.Name;

export function SelectServer({ onSelect, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const servers = useCmdlet('Get-ExchangeServer', {});
  const [marked, setMarked] = useState<string[]>([]);
  const [chosen, setChosen] = useState<string[]>([]);
  const items = useMemo(
    () => servers.data?.objects.filter((server) => server.IsHubTransportServer),
    [servers.data],
  );
  const columns = useMemo<Column<Server>[]>(
    () => [
      {
        id: 'name',
        title: t('sendConnectors.serverColumns.name'),
        value: (s) => s.Name,
        width: 'minmax(100px, 1fr)',
      },
      {
        id: 'site',
        title: t('sendConnectors.serverColumns.site'),
        value: (s) => s.Site,
        width: 'minmax(120px, 1.4fr)',
      },
      {
        id: 'role',
        title: t('sendConnectors.serverColumns.role'),
        value: (s) => s.ServerRole,
        width: 'minmax(120px, 1.2fr)',
      },
      {
        id: 'version',
        title: t('sendConnectors.serverColumns.version'),
        value: (s) => s.AdminDisplayVersion,
      },
    ],
    [t],
  );
  const add = (names: readonly string[]) =>
    setChosen((before) => [...new Set([...before, ...names])]);
  const list: ObjectListProps<Server> = {
    id: 'select-server',
    label: t('sendConnectors.selectServer'),
    items,
    keyOf,
    columns,
    selected: marked,
    onSelect: setMarked,
    onOpen: (server) => add([server.Name]),
    onRefresh: () => undefined,
    sortBy: { column: 'name' },
  };
  const table = useListTable(list, '');
  return (
    <ModalDialog
      title={t('sendConnectors.selectServer')}
      size="large"
      onClose={onClose}
      footer={
        <>
          <Button
            appearance="primary"
            disabledFocusable={chosen.length === 0}
            onClick={() => chosen.length > 0 && onSelect(chosen)}
          >
            {t('common.ok')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      {servers.error && (
        <ErrorPanel problem={servers.error} onRetry={() => void servers.refetch()} />
      )}
      <div className={styles.grid}>{items && <ListGrid {...list} list={table} />}</div>
      <Button
        className={styles.add}
        disabledFocusable={marked.length === 0}
        onClick={() => add(marked)}
      >
        {t('sendConnectors.addArrow')}
      </Button>
      <div className={styles.chosen} role="status" aria-label={t('sendConnectors.selectedServers')}>
        {chosen.length === 0 ? (
          <Text>{t('sendConnectors.noneSelected')}</Text>
        ) : (
          <TagGroup
            aria-label={t('sendConnectors.selectedServers')}
            onDismiss={(_, { value }) => setChosen(chosen.filter((name) => name !== value))}
          >
            {chosen.map((name) => (
              <InteractionTag key={name} value={name} size="small">
                <InteractionTagPrimary hasSecondaryAction>{name}</InteractionTagPrimary>
                <InteractionTagSecondary aria-label={t('sendConnectors.removeServer', { name })} />
              </InteractionTag>
            ))}
          </TagGroup>
        )}
      </div>
    </ModalDialog>
  );
}
