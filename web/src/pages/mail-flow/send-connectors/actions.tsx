// What is done to connectors from the list: enable, disable, delete (after the documented question).
import { useTranslation } from 'react-i18next';
import { notify } from '../../../frame/notifications';
import { asProblem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { useConfirm } from '../../../parts/confirm';
import { ShowCommand } from '../../../parts/ShowCommand';
import type { SendConnector } from './connector';

export interface ConnectorActions {
  enable: (connectors: readonly SendConnector[], on: boolean) => Promise<void>;
  remove: (connectors: readonly SendConnector[]) => Promise<void>;
}

export function useConnectorActions(): ConnectorActions {
  const { t } = useTranslation();
  const act = useAction();
  const confirm = useConfirm();

  const each = async (
    connectors: readonly SendConnector[],
    one: (c: SendConnector) => Promise<unknown>,
  ) => {
    for (const connector of connectors) {
      try {
        await one(connector);
      } catch (error) {
        const problem = asProblem(error);
        if (problem.id === 'session') return;
        notify({ kind: 'error', title: connector.Name, body: problem.message });
      }
    }
  };
  const enable = (connectors: readonly SendConnector[], on: boolean) =>
    each(connectors, ({ Name, ObjectVersion }) =>
      act(
        'Set-SendConnector',
        { Identity: Name, Enabled: on },
        {
          ifMatch: ObjectVersion,
          done: t(on ? 'sendConnectors.wasEnabled' : 'sendConnectors.wasDisabled', { name: Name }),
        },
      ),
    );
  const remove = async (connectors: readonly SendConnector[]) => {
    const [first] = connectors;
    if (!first) return;
    const agreed = await confirm({
      title: t('sendConnectors.remove.title'),
      text:
        connectors.length === 1
          ? t('sendConnectors.remove.one', { name: first.Name })
          : t('sendConnectors.remove.several', { count: connectors.length }),
      more: (
        <>
          <p>{t('sendConnectors.remove.effect')}</p>
          {connectors.length === 1 && (
            <ShowCommand cmdlet="Remove-SendConnector" parameters={{ Identity: first.Name }} />
          )}
        </>
      ),
    });
    if (!agreed) return;
    await each(connectors, ({ Name, ObjectVersion }) =>
      act(
        'Remove-SendConnector',
        { Identity: Name, Confirm: false },
        {
          ifMatch: ObjectVersion,
          done: t('sendConnectors.removed', { name: Name }),
        },
      ),
    );
  };
  return { enable, remove };
}
