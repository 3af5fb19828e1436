// The pretend Internet > Domains: which there are, and what a message to each meets with.
import { Link } from '@fluentui/react-components';
import { useMemo, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { DetailsPane } from '../../../parts/DetailsPane';
import type { Column } from '../../../parts/list-props';
import { ObjectList } from '../../../parts/ObjectList';
import { SplitView } from '../../../parts/SplitView';
import { format as address } from '../../../frame/router';
import { useSandboxDomains, type SandboxDomain } from '../sandbox';

const keyOf = (domain: SandboxDomain) => domain.name;

export default function SandboxDomains(): ReactElement {
  const { t } = useTranslation();
  const { may } = usePermissions();
  const answer = useSandboxDomains();
  const [selected, setSelected] = useState<string[]>([]);
  // The server tells in English; what is known here, in the person's language.
  const told = useMemo(
    () => (domain: SandboxDomain) =>
      t(`sandboxDomains.behaviours.${domain.behaviour as 'good'}`, {
        defaultValue: domain.text,
      }) as string,
    [t],
  );
  const columns = useMemo<readonly Column<SandboxDomain>[]>(
    () => [
      {
        id: 'name',
        title: t('sandboxDomains.domain'),
        value: ({ name }) => name,
        width: 'minmax(170px, 0.5fr)',
      },
      {
        id: 'behaviour',
        title: t('sandboxDomains.behaviour'),
        value: told,
        width: 'minmax(260px, 2fr)',
      },
    ],
    [t, told],
  );
  const domain =
    selected.length === 1 ? answer.data?.find(({ name }) => name === selected[0]) : undefined;
  return (
    <SplitView
      list={
        <ObjectList
          id="sandbox-domains"
          label={t('sandboxDomains.title')}
          items={answer.data}
          keyOf={keyOf}
          columns={columns}
          selected={selected}
          onSelect={setSelected}
          onRefresh={() => void answer.refetch()}
          problem={answer.error}
        />
      }
      details={
        domain ? (
          <DetailsPane title={domain.name}>
            <p>{told(domain)}</p>
            {may('Send-TestMessage') && (
              <Link href={address(['mail-flow', 'test-message'], { to: `someone@${domain.name}` })}>
                {t('sandboxDomains.tryIt')}
              </Link>
            )}
          </DetailsPane>
        ) : (
          <DetailsPane title={t('sandboxDomains.about')}>
            <p>{t('sandboxDomains.aboutText')}</p>
          </DetailsPane>
        )
      }
    />
  );
}
