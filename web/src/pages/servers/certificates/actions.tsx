// Certificates deleted from the list, after a question. The server refuses it for one that a connector
// names (EC-05).
import { useTranslation } from 'react-i18next';
import { asProblem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { notify } from '../../../frame/notifications';
import { useConfirm } from '../../../parts/confirm';
import { ShowCommand } from '../../../parts/ShowCommand';
import { isRequest, titleOf, type Certificate } from './certificate';
import { useReasons } from './reasons';

export function useRemove(): (certificates: readonly Certificate[]) => Promise<void> {
  const { t } = useTranslation();
  const act = useAction();
  const confirm = useConfirm();
  const reasons = useReasons();
  return async (certificates) => {
    const [first] = certificates;
    if (!first) return;
    const isOne = certificates.length === 1;
    const agreed = await confirm({
      title: t('certificates.removeTitle'),
      text: isOne
        ? t('certificates.removeOne', { name: titleOf(first) })
        : t('certificates.removeSeveral', { count: certificates.length }),
      more: (
        <>
          <p>
            {t(
              certificates.every(isRequest)
                ? 'certificates.removeRequest'
                : 'certificates.removeEffect',
            )}
          </p>
          {isOne && (
            <ShowCommand
              cmdlet="Remove-ExchangeCertificate"
              parameters={{ Identity: first.Identity }}
            />
          )}
        </>
      ),
    });
    if (!agreed) return;
    for (const certificate of certificates) {
      const name = titleOf(certificate);
      try {
        await act(
          'Remove-ExchangeCertificate',
          { Identity: certificate.Identity, Confirm: false },
          { ifMatch: certificate.ObjectVersion, done: t('certificates.removed', { name }) },
        );
      } catch (error) {
        const problem = asProblem(error);
        if (problem.id === 'session') return;
        notify({ kind: 'error', title: name, body: reasons.problem(problem).message });
      }
    }
  };
}
