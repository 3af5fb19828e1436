// Servers > Certificates: the list, its details pane, and the dialogs that are opened from it. The address
// may name what to show: ?select=THUMBPRINT, ?new=1.
import { Button, makeStyles } from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons/svg/add';
import { ArrowDownload20Regular } from '@fluentui/react-icons/svg/arrow-download';
import { ArrowUpload20Regular } from '@fluentui/react-icons/svg/arrow-upload';
import { Certificate20Regular } from '@fluentui/react-icons/svg/certificate';
import { Delete20Regular } from '@fluentui/react-icons/svg/delete';
import { Edit20Regular } from '@fluentui/react-icons/svg/edit';
import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useCmdlet } from '../../../api/queries';
import { format as address, navigate, useRoute } from '../../../frame/router';
import { useShortcuts } from '../../../frame/shortcuts';
import { EmptyState } from '../../../parts/EmptyState';
import { ObjectList } from '../../../parts/ObjectList';
import { SplitView } from '../../../parts/SplitView';
import type { ToolItem } from '../../../parts/ToolBar';
import { useRemove } from './actions';
import { isRequest, type Certificate } from './certificate';
import { Details } from './Details';
import { ExportCertificate } from './ExportCertificate';
import { ImportCertificate } from './ImportCertificate';
import { useColumns } from './list-columns';
import { NewCertificate } from './NewCertificate';
import { RequestDialog } from './RequestDialog';
import { ServicesDialog } from './ServicesDialog';

type Open =
  | { kind: 'new' | 'import' }
  | { kind: 'services' | 'request' | 'export'; certificate: Certificate }
  | null;

const keyOf = (certificate: Certificate) => certificate.Guid;
const HERE = ['servers', 'certificates'];

export default function Certificates(): ReactElement {
  const { t } = useTranslation();
  const { may } = usePermissions();
  const { query } = useRoute();
  const answer = useCmdlet('Get-ExchangeCertificate', {});
  const columns = useColumns();
  const remove = useRemove();
  const [marked, setMarked] = useState<string[]>([]);
  const [open, setOpen] = useState<Open>(null);

  const items = answer.data?.objects;
  const selected = items?.filter(({ Guid }) => marked.includes(Guid)) ?? [];
  const only = selected.length === 1 ? selected[0] : undefined;

  useEffect(() => {
    if (query['new'] !== undefined && may('New-ExchangeCertificate')) setOpen({ kind: 'new' });
    const named = items?.find(({ Thumbprint }) => Thumbprint === query['select']);
    if (named) setMarked([named.Guid]);
    if (query['new'] !== undefined || named) navigate(address(HERE), true);
  }, [query, items, may]);

  const create = () => may('New-ExchangeCertificate') && setOpen({ kind: 'new' });
  const fetch = () => may('Import-ExchangeCertificate') && setOpen({ kind: 'import' });
  const edit = (certificate: Certificate | undefined) => {
    if (!certificate) return;
    if (isRequest(certificate)) setOpen({ kind: 'request', certificate });
    else if (certificate.HasPrivateKey && may('Enable-ExchangeCertificate')) {
      setOpen({ kind: 'services', certificate });
    }
  };
  const drop = (certificates: readonly Certificate[]) => {
    if (may('Remove-ExchangeCertificate')) void remove(certificates);
  };
  useShortcuts([{ key: 'n', text: t('certificates.newTitle'), run: create }]);
  const tools = useTools(selected, {
    create,
    fetch,
    edit: () => edit(only),
    drop: () => drop(selected),
    give: () => only && setOpen({ kind: 'export', certificate: only }),
  });
  const close = () => setOpen(null);
  return (
    <>
      <SplitView
        list={
          <ObjectList
            id="certificates"
            label={t('certificates.title')}
            items={items}
            keyOf={keyOf}
            columns={columns}
            tools={tools}
            selected={marked}
            onSelect={setMarked}
            onOpen={edit}
            onDelete={drop}
            onRefresh={() => void answer.refetch()}
            problem={answer.error}
            sortBy={{ column: 'domain' }}
            empty={
              <NoCertificate
                onNew={may('New-ExchangeCertificate') ? create : undefined}
                onImport={may('Import-ExchangeCertificate') ? fetch : undefined}
              />
            }
          />
        }
        details={items && items.length > 0 && <Details certificates={selected} onServices={edit} />}
      />
      {open?.kind === 'new' && (
        <NewCertificate
          onCreated={(certificate) => {
            setMarked([certificate.Guid]);
            setOpen(isRequest(certificate) ? { kind: 'request', certificate } : null);
          }}
          onClose={close}
        />
      )}
      {open?.kind === 'import' && (
        <ImportCertificate
          present={items ?? []}
          onImported={(certificate) => {
            setMarked([certificate.Guid]);
            close();
          }}
          onClose={close}
        />
      )}
      {open?.kind === 'services' && (
        <ServicesDialog certificate={open.certificate} onClose={close} />
      )}
      {open?.kind === 'request' && <RequestDialog certificate={open.certificate} onClose={close} />}
      {open?.kind === 'export' && (
        <ExportCertificate certificate={open.certificate} onClose={close} />
      )}
    </>
  );
}

interface Doings {
  create: () => void;
  fetch: () => void;
  edit: () => void;
  drop: () => void;
  give: () => void;
}

/** The toolbar; what cannot be done with what is selected says why. */
function useTools(selected: readonly Certificate[], doings: Doings): ToolItem[] {
  const { t } = useTranslation();
  const { why } = usePermissions();
  const only = selected.length === 1 ? selected[0] : undefined;
  const isAsked = only !== undefined && isRequest(only);
  const needs = (kind: 'key' | 'exportable') => {
    if (!only || (isAsked && kind === 'key')) return undefined;
    if (isAsked) return t('certificates.why.request');
    if (!only.HasPrivateKey) return t('certificates.why.noKey');
    return kind === 'exportable' && !only.PrivateKeyExportable
      ? t('certificates.why.sealed')
      : undefined;
  };
  return [
    {
      id: 'new',
      label: t('common.new'),
      icon: <Add20Regular />,
      onClick: doings.create,
      why: why('New-ExchangeCertificate'),
    },
    {
      id: 'import',
      label: t('certificates.import'),
      icon: <ArrowUpload20Regular />,
      onClick: doings.fetch,
      why: why('Import-ExchangeCertificate'),
    },
    {
      id: 'edit',
      label: t('common.edit'),
      icon: <Edit20Regular />,
      onClick: doings.edit,
      disabled: !only,
      why: (isAsked ? undefined : why('Enable-ExchangeCertificate')) ?? needs('key'),
    },
    {
      id: 'delete',
      label: t('common.delete'),
      icon: <Delete20Regular />,
      onClick: doings.drop,
      disabled: selected.length === 0,
      why: why('Remove-ExchangeCertificate'),
    },
    {
      id: 'export-key',
      label: t('certificates.export'),
      icon: <ArrowDownload20Regular />,
      onClick: doings.give,
      disabled: !only,
      why: why('Export-ExchangeCertificate') ?? needs('exportable'),
    },
  ];
}

const useStyles = makeStyles({
  buttons: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
});

interface NothingProps {
  onNew: (() => void) | undefined;
  onImport: (() => void) | undefined;
}

function NoCertificate({ onNew, onImport }: NothingProps): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<Certificate20Regular fontSize={40} />}
      title={t('certificates.empty.title')}
      text={t('certificates.empty.text')}
      action={
        <div className={styles.buttons}>
          {onImport && (
            <Button appearance="primary" icon={<ArrowUpload20Regular />} onClick={onImport}>
              {t('certificates.importTitle')}
            </Button>
          )}
          {onNew && (
            <Button icon={<Add20Regular />} onClick={onNew}>
              {t('certificates.newTitle')}
            </Button>
          )}
        </div>
      }
    />
  );
}
