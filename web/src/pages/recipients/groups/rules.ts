// The rules that are checked at once, without asking the server. Pure: rules name texts, the caller translates.
import type { Settings } from './group';

export type RuleText = 'common.required' | 'sendConnectors.notASize';

export type Broken = Partial<Record<string, RuleText>>;

export function broken(settings: Pick<Settings, 'Name' | 'MaxReceiveSize'>): Broken {
  const size = settings.MaxReceiveSize;
  return {
    ...brokenName(settings),
    ...(typeof size !== 'number' &&
      size !== 'unlimited' && { MaxReceiveSize: 'sendConnectors.notASize' }),
  };
}

export function brokenName({ Name }: Pick<Settings, 'Name'>): Broken {
  return Name.trim() === '' ? { Name: 'common.required' } : {};
}
