// Mail flow > DNS publishing: what a domain has to have in the DNS for its mail, and what it has. Reading the
// list asks the DNS, which may take some seconds. The address may name the domain: ?domain=contoso.com.
import { makeStyles } from '@fluentui/react-components';
import { GlobeSearch20Regular } from '@fluentui/react-icons/svg/globe-search';
import { useMemo, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useCmdlet } from '../../../api/queries';
import { format as address, navigate, useRoute } from '../../../frame/router';
import { EmptyState } from '../../../parts/EmptyState';
import { ObjectList } from '../../../parts/ObjectList';
import { SplitView } from '../../../parts/SplitView';
import { Details } from './Details';
import { DomainChoice } from './DomainChoice';
import { useColumns } from './list-columns';
import { counted, domainsOf, keyOf, type Row } from './rows';

const HERE = ['mail-flow', 'publishing'];

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0 },
});

export default function Publishing(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { query } = useRoute();
  const columns = useColumns();
  const { domains, known } = useDomains();
  const [marked, setMarked] = useState<string[]>([]);
  const domain = domains.find((name) => name === query['domain']) ?? domains[0];
  // Who may not see the domains is shown all of them.
  const answer = useCmdlet(
    'Test-DomainPublishing',
    domain === undefined ? {} : { Identity: domain },
    { enabled: known },
  );
  const items = answer.data?.objects;
  const selected = items?.filter((row) => marked.includes(keyOf(row))) ?? [];
  return (
    <div className={styles.page}>
      <span className="visually-hidden" role="status">
        {items && !answer.isFetching && <Summary rows={items} />}
      </span>
      <SplitView
        list={
          <ObjectList
            id="publishing"
            label={t('publishing.title')}
            items={items}
            keyOf={keyOf}
            columns={columns}
            selected={marked}
            onSelect={setMarked}
            onRefresh={() => void answer.refetch()}
            problem={answer.error}
            filters={
              domain !== undefined && (
                <DomainChoice
                  domains={domains}
                  value={domain}
                  onChange={(name) => navigate(address(HERE, { domain: name }))}
                />
              )
            }
            empty={
              <EmptyState
                icon={<GlobeSearch20Regular fontSize={40} />}
                title={t('publishing.empty')}
                text={t('publishing.emptyText')}
              />
            }
          />
        }
        details={items && items.length > 0 && <Details rows={selected} />}
      />
    </div>
  );
}

/** What has come of a test, said aloud. */
function Summary({ rows }: { rows: readonly Row[] }): ReactElement {
  const { t } = useTranslation();
  const parts = counted(rows).map(
    ({ status, count }) => `${t(`publishing.statuses.${status}`)} : ${count}`,
  );
  return <>{t('publishing.tested', { result: parts.join(', ') })}</>;
}

function useDomains(): { domains: string[]; known: boolean } {
  const { may } = usePermissions();
  const mayRead = may('Get-AcceptedDomain');
  const { data, error } = useCmdlet('Get-AcceptedDomain', {}, { enabled: mayRead });
  const domains = useMemo(() => domainsOf(data?.objects ?? []), [data]);
  return { domains, known: !mayRead || data !== undefined || error !== null };
}
