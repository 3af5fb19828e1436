// A DKIM signing configuration as the server gives it, what of it a form holds, and the way back: the
// parameters of New-, Set- and Rotate-DkimSigningConfig. Settings are named like the parameters they
// become. Pure.
import type { Parameters } from '../../../api/cmdlets';
import type { Described } from '../../../api/outputs';
import { localText, utcText } from '../../../parts/moment';

export type DkimConfig = Described['DkimSigningConfig'];

export const SIGNATURES = ['both', 'RsaSha256', 'Ed25519Sha256'] as const;
export type Signatures = (typeof SIGNATURES)[number];
export const FORMS = ['Relaxed', 'Simple'] as const;
export type Form = (typeof FORMS)[number];
export const KEY_SIZES = ['2048', '4096'] as const;

const ALGORITHMS = ['RsaSha256', 'Ed25519Sha256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Settings {
  Algorithms: Signatures;
  HeaderCanonicalization: Form;
  BodyCanonicalization: Form;
  KeySize: string;
  /** As a field of date and time holds it; empty where no rotation is under way. */
  RotateOnDate: string;
}

export type Setting = keyof Settings;

/** What is asked for a new one. */
export interface Wanted {
  DomainName: string;
  Algorithms: Signatures;
  KeySize: string;
  Selector1: string;
  Selector2: string;
}

export const BLANK: Wanted = {
  DomainName: '',
  Algorithms: 'both',
  KeySize: '2048',
  Selector1: '',
  Selector2: '',
};

/** The algorithms that a configuration signs with. */
export function algorithmsOf({ Algorithms }: Pick<DkimConfig, 'Algorithms'>): Algorithm[] {
  const words = Algorithms.split(',').map((word) => word.trim());
  return ALGORITHMS.filter((algorithm) => words.includes(algorithm));
}

/** Whether new keys are to take over from those that sign now. */
export function isRotating(config: DkimConfig): boolean {
  return (
    config.RotateOnDate !== null && config.SigningSelector === config.SelectorBeforeRotateOnDate
  );
}

/** The selector that does not sign now. */
export function otherSelector(config: DkimConfig): string {
  return config.SigningSelector === config.Selector1 ? config.Selector2 : config.Selector1;
}

/** Bits of the RSA key that signs now. */
export function rsaBits(config: DkimConfig): number {
  return config.SigningSelector === config.Selector1
    ? config.Selector1KeySize
    : config.Selector2KeySize;
}

export function settingsOf(config: DkimConfig): Settings {
  const [first, second] = algorithmsOf(config);
  return {
    Algorithms: second === undefined ? (first ?? 'both') : 'both',
    HeaderCanonicalization: config.HeaderCanonicalization,
    BodyCanonicalization: config.BodyCanonicalization,
    KeySize: String(config.KeySize),
    RotateOnDate: isRotating(config) ? localText(config.RotateOnDate) : '',
  };
}

/** The parameters of Set-DkimSigningConfig for what was changed; empty when nothing was. */
export function changes(
  base: Settings,
  mine: Settings,
): Partial<Parameters<'Set-DkimSigningConfig'>> {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(base) as Setting[]) {
    if (base[name] !== mine[name]) given[name] = valueOf(mine, name);
  }
  return given;
}

function valueOf(settings: Settings, name: Setting): unknown {
  if (name === 'Algorithms') return algorithmList(settings.Algorithms);
  if (name === 'KeySize') return Number(settings.KeySize);
  if (name === 'RotateOnDate') return utcText(settings.RotateOnDate) ?? settings.RotateOnDate;
  return settings[name];
}

function algorithmList(signatures: Signatures): Algorithm[] {
  return signatures === 'both' ? [...ALGORITHMS] : [signatures];
}

/** The parameters of New-DkimSigningConfig; what is as usual is left out. */
export function creation(wanted: Wanted): Parameters<'New-DkimSigningConfig'> {
  const selector = (name: 'Selector1' | 'Selector2') => {
    const typed = wanted[name].trim();
    return typed === '' ? {} : { [name]: typed };
  };
  return {
    DomainName: wanted.DomainName.trim(),
    ...(wanted.Algorithms === BLANK.Algorithms
      ? {}
      : { Algorithms: algorithmList(wanted.Algorithms) }),
    ...(wanted.KeySize === BLANK.KeySize ? {} : { KeySize: Number(wanted.KeySize) }),
    ...selector('Selector1'),
    ...selector('Selector2'),
  };
}

/** The parameters of Rotate-DkimSigningConfig; an empty date is the server's own. */
export function rotation(
  config: DkimConfig,
  { date, size }: { date: string; size: string },
): Parameters<'Rotate-DkimSigningConfig'> {
  return {
    Identity: config.Domain,
    ...(size === String(config.KeySize) ? {} : { KeySize: Number(size) }),
    ...(date === '' ? {} : { RotateOnDate: utcText(date) ?? date }),
  };
}
