// The words that queues and messages are described with, in the person's language; what is not known
// stays as the server writes it.
import { useTranslation } from 'react-i18next';
import type texts from '../../../texts/en';
import type { Queue } from './outputs';

type Property = keyof (typeof texts)['queues']['properties'];

export interface Words {
  status: (word: string) => string;
  delivery: (word: string) => string;
  priority: (word: string) => string;
  /** What a message wants of TLS; null where that is nothing. */
  tls: (word: string) => string | null;
  property: (name: string) => string;
  /** A word that a filter compares a property with. */
  value: (property: string, word: string) => string;
  /** Submission, Unreachable and Poison have names of their own; the others, their next hop. */
  nextHop: (queue: Pick<Queue, 'Identity' | 'NextHopDomain'>) => string;
}

export function useWords(): Words {
  const { t } = useTranslation();
  const status = (word: string) =>
    t(`queues.statuses.${word as 'Retry'}`, { defaultValue: word }) as string;
  const delivery = (word: string) =>
    t(`queues.deliveryTypes.${word as 'Undefined'}`, { defaultValue: word }) as string;
  const special = {
    submission: 'Submission',
    unreachable: 'Unreachable',
    poison: 'Poison',
  } as const;
  return {
    status,
    delivery,
    priority: (word) =>
      t(`queues.priorities.${word as 'Normal'}`, { defaultValue: word }) as string,
    tls: (word) =>
      word === 'Default'
        ? null
        : t(`queues.tlsRequirements.${word as 'Required'}`, { defaultValue: word }),
    property: (name) =>
      t(`queues.properties.${name as Property}`, { defaultValue: name }) as string,
    value: (property, word) => {
      if (property === 'Status') return status(word);
      if (property === 'TlsRequirement')
        return t(`queues.tlsRequirements.${word as 'Required'}`, { defaultValue: word });
      return property === 'DeliveryType' ? delivery(word) : word;
    },
    nextHop: ({ Identity, NextHopDomain }) => {
      const name = (Identity.split('\\')[1] ?? '').toLowerCase();
      const known = special[name as keyof typeof special];
      return known ? t(`queues.special.${known}`) : NextHopDomain;
    },
  };
}
