// How the server is: whether it takes new mail, and which resource is scarce.
import { Badge, Spinner, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../api/permissions';
import { asProblem, type Problem } from '../../api/problem';
import { useCmdlet } from '../../api/queries';
import { send } from '../../api/request';
import { useWhoAmI } from '../../api/session';
import { useFormat } from '../../texts/format';
import { Card, type Tone } from './Card';
import type { Pressure } from './outputs';

const useStyles = makeStyles({
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  table: { borderCollapse: 'collapse', width: '100%' },
  cell: {
    padding: '5px 12px 5px 0',
    textAlign: 'start',
    fontWeight: tokens.fontWeightRegular,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  level: { whiteSpace: 'nowrap', overflowWrap: 'normal' },
  amount: { textAlign: 'end', whiteSpace: 'nowrap', paddingRight: 0 },
});

/** Whether new work is welcome; the refusal is the answer too. */
function useReady() {
  return useQuery<{ problem: Problem | null }, Problem>({
    queryKey: ['readyz'],
    queryFn: async ({ signal }) => {
      try {
        await send('GET', 'readyz', { signal, passive: true, once: true });
        return { problem: null };
      } catch (error) {
        return { problem: asProblem(error) };
      }
    },
    refetchInterval: 10_000,
  });
}

export function ServerCard(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { server, version } = useWhoAmI();
  const { may } = usePermissions();
  const ready = useReady();
  const pressure = useCmdlet(
    'Get-BackPressure',
    {},
    { live: 10, enabled: may('Get-BackPressure') },
  );
  const title = t('dashboard.server', { server });
  if (!ready.data) {
    return (
      <Card title={title}>
        <Spinner size="small" label={t('common.loading')} />
      </Card>
    );
  }
  const levels = pressure.data?.objects ?? [];
  const high = levels.some(({ Level }) => Level === 'High');
  const medium = levels.some(({ Level }) => Level === 'Medium');
  const { problem } = ready.data;
  const [tone, state]: [Tone, string] =
    problem?.status === 0
      ? ['bad', t('problem.network')]
      : problem
        ? ['bad', t('dashboard.refuses')]
        : high || medium
          ? ['warning', t('dashboard.pressed')]
          : ['good', t('dashboard.ready')];
  return (
    <Card title={title} tone={tone} state={state}>
      {problem && problem.status !== 0 && <p className={styles.text}>{problem.message}</p>}
      {(high || medium || problem) && <p className={styles.text}>{t('dashboard.pressedText')}</p>}
      {levels.length > 0 && <Levels levels={levels} />}
      <p className={styles.text}>{t('frame.version', { version })}</p>
    </Card>
  );
}

const BADGES = { Normal: 'success', Medium: 'warning', High: 'danger' } as const;

function Levels({ levels }: { levels: readonly Pressure[] }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const amount = (value: string | number | null) =>
    value === null ? '' : typeof value === 'number' ? format.number(value) : format.size(value);
  return (
    <table className={styles.table} aria-label={t('dashboard.resources')}>
      <tbody>
        {levels.map(({ Resource, Level, Value, Capacity }) => (
          <tr key={Resource}>
            <th scope="row" className={styles.cell}>
              {t(`dashboard.resource.${Resource as 'LogDisk'}`, { defaultValue: Resource })}
            </th>
            <td className={`${styles.cell} ${styles.level}`}>
              <Badge
                appearance="tint"
                shape="rounded"
                color={BADGES[Level as keyof typeof BADGES] ?? 'informative'}
              >
                {t(`dashboard.levels.${Level as 'Normal'}`, { defaultValue: Level })}
              </Badge>
            </td>
            <td className={`${styles.cell} ${styles.amount}`}>
              {Value !== null && Capacity !== null
                ? t('dashboard.of', { value: amount(Value), capacity: amount(Capacity) })
                : amount(Value)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
