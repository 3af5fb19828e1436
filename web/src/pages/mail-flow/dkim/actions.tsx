// What is done to configurations from the list: enable (the server may refuse it until the records are
// published, DK-06), disable, delete after a question.
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { notify } from '../../../frame/notifications';
import { useConfirm } from '../../../parts/confirm';
import { ShowCommand } from '../../../parts/ShowCommand';
import type { DkimConfig } from './config';
import { useWarnings } from './warnings';

/** Whether signing was refused because the DNS does not have the records. */
export function isUnpublished({ id }: Problem): boolean {
  return id === 'DK-06';
}

export interface DkimActions {
  enable: (config: DkimConfig, on: boolean) => Promise<void>;
  remove: (configs: readonly DkimConfig[]) => Promise<void>;
}

export function useDkimActions(
  onUnpublished: (config: DkimConfig, refusal: Problem) => void,
): DkimActions {
  const { t } = useTranslation();
  const act = useAction();
  const confirm = useConfirm();
  const warnings = useWarnings();

  const told = (domain: string, error: unknown) => {
    const problem = asProblem(error);
    if (problem.id !== 'session') notify({ kind: 'error', title: domain, body: problem.message });
    return problem.id !== 'session';
  };
  const enable = async (config: DkimConfig, on: boolean) => {
    const { Domain: domain } = config;
    try {
      await act(
        'Set-DkimSigningConfig',
        { Identity: domain, Enabled: on },
        {
          ifMatch: config.ObjectVersion,
          done: t(on ? 'dkim.wasEnabled' : 'dkim.wasDisabled', { domain }),
        },
      );
    } catch (error) {
      const problem = asProblem(error);
      if (isUnpublished(problem)) onUnpublished(config, problem);
      else told(domain, problem);
    }
  };
  const remove = async (configs: readonly DkimConfig[]) => {
    const [first] = configs;
    if (!first) return;
    const isOne = configs.length === 1;
    const agreed = await confirm({
      title: t('dkim.removeTitle'),
      text: isOne
        ? t('dkim.removeOne', { domain: first.Domain })
        : t('dkim.removeSeveral', { count: configs.length }),
      more: (
        <>
          <p>{t('dkim.removeEffect')}</p>
          {isOne && (
            <ShowCommand
              cmdlet="Remove-DkimSigningConfig"
              parameters={{ Identity: first.Domain }}
            />
          )}
        </>
      ),
    });
    if (!agreed) return;
    for (const { Domain: domain, ObjectVersion } of configs) {
      try {
        await act(
          'Remove-DkimSigningConfig',
          { Identity: domain, Confirm: false },
          {
            ifMatch: ObjectVersion,
            done: t('dkim.removed', { domain }),
            warning: warnings(domain),
          },
        );
      } catch (error) {
        if (!told(domain, error)) return;
      }
    }
  };
  return { enable, remove };
}
