// Fields of dialogs and forms: label, value, hint, and the message of the rule that is broken, bound
// together for screen readers. `parameter` names the cmdlet's parameter, by which the server's refusals
// find the field. Sizes and time spans are typed in people's units and handed on as the server's texts.
import {
  Checkbox,
  Dropdown,
  Field,
  Input,
  Option,
  Radio,
  RadioGroup,
  Textarea,
  makeStyles,
  type FieldProps,
} from '@fluentui/react-components';
import { useId, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '../texts';
import { useMessage } from './form';
import { fromMegabytes, megabytes, type Size } from './size';
import { SPAN_UNITS, bestUnit, secondsOf, spanText, type SpanUnit } from './time-span';

const useStyles = makeStyles({
  narrow: { width: '140px' },
  moment: { width: '240px', maxWidth: '100%' },
  unit: { minWidth: '110px', width: '130px' },
  pair: { display: 'flex', columnGap: '8px', alignItems: 'center', flexWrap: 'wrap' },
  radios: { rowGap: '2px' },
  indent: { marginLeft: '36px', marginTop: '-4px' },
  sub: { marginLeft: '28px', marginBottom: '8px' },
});

interface Common {
  label: string;
  parameter?: string | readonly string[] | undefined;
  hint?: string | undefined;
  required?: boolean;
  disabled?: boolean;
}

function useField({ label, parameter, hint, required }: Common): FieldProps {
  const message = useMessage(parameter);
  return {
    label,
    ...(required ? { required } : {}),
    ...(hint === undefined ? {} : { hint }),
    ...(message === undefined ? {} : { validationMessage: message, validationState: 'error' }),
  };
}

interface TextProps extends Common {
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  placeholder?: string;
  /** Has the focus when the dialog opens. */
  first?: boolean;
  /** For machine words: no spelling, no capitals. */
  code?: boolean;
  secret?: boolean;
  lines?: number;
  autoComplete?: string;
  /** Offered while typing; anything else may be typed all the same. */
  choices?: readonly string[];
}

export function TextField(props: TextProps): ReactElement {
  const { value, onChange, onBlur, placeholder, first, code, secret, lines, disabled } = props;
  const { choices = [] } = props;
  const offers = useId();
  const field = useField(props);
  const plain = {
    value,
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(onBlur ? { onBlur } : {}),
    ...(first ? { 'data-first': '' } : {}),
    ...(disabled ? { disabled } : {}),
    ...(code || secret ? { spellCheck: false, autoCapitalize: 'none' } : {}),
  };
  const control = (
    <Field {...field}>
      {lines === undefined ? (
        <Input
          {...plain}
          {...(choices.length > 0 ? { list: offers } : {})}
          type={secret ? 'password' : 'text'}
          autoComplete={props.autoComplete ?? (secret ? 'new-password' : 'off')}
          onChange={(_, data) => onChange(data.value)}
        />
      ) : (
        <Textarea
          {...plain}
          rows={lines}
          resize="vertical"
          onChange={(_, data) => onChange(data.value)}
        />
      )}
    </Field>
  );
  if (choices.length === 0) return control;
  return (
    <>
      {control}
      <datalist id={offers}>
        {choices.map((choice) => (
          <option key={choice} value={choice} aria-label={choice} />
        ))}
      </datalist>
    </>
  );
}

interface NumberProps extends Common {
  /** As typed; whoever saves reads it. */
  value: string;
  onChange: (value: string) => void;
  /** What it means to be empty. */
  placeholder?: string;
}

export function NumberField(props: NumberProps): ReactElement {
  const styles = useStyles();
  const field = useField(props);
  return (
    <Field {...field}>
      <Input
        className={styles.narrow}
        inputMode="numeric"
        autoComplete="off"
        value={props.value}
        {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
        disabled={props.disabled ?? false}
        onChange={(_, data) => props.onChange(data.value)}
      />
    </Field>
  );
}

/** A moment, in local time, as fields of date and time write it (moment.ts). */
export function MomentField(props: NumberProps): ReactElement {
  const styles = useStyles();
  const field = useField(props);
  return (
    <Field {...field}>
      <Input
        className={styles.moment}
        type="datetime-local"
        value={props.value}
        disabled={props.disabled ?? false}
        onChange={(_, data) => props.onChange(data.value)}
      />
    </Field>
  );
}

interface SizeProps extends Common {
  /** Bytes, 'unlimited', or what was typed that is no size. */
  value: Size;
  onChange: (value: Size) => void;
}

/** A size in megabytes; empty is unlimited, and says so. */
export function SizeField(props: SizeProps): ReactElement {
  const styles = useStyles();
  const { t, i18n } = useTranslation();
  const field = useField(props);
  const { value, onChange } = props;
  const [text, setText] = useState(() => {
    if (typeof value === 'number') return megabytes(value, localeOf(i18n.language));
    return value === 'unlimited' ? '' : value;
  });
  const type = (typed: string) => {
    setText(typed);
    onChange(typed.trim() === '' ? 'unlimited' : (fromMegabytes(typed) ?? typed));
  };
  return (
    <Field {...field}>
      <Input
        className={styles.narrow}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        placeholder={t('common.unlimited')}
        onChange={(_, data) => type(data.value)}
      />
    </Field>
  );
}

interface SpanProps extends Common {
  /** The server's text, or what was typed that is no time span. */
  value: string;
  onChange: (value: string) => void;
}

/** A time span as a number and a unit. */
export function SpanField(props: SpanProps): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const field = useField(props);
  const seconds = secondsOf(props.value);
  const [unit, setUnit] = useState<SpanUnit>(() =>
    seconds === null ? 'seconds' : bestUnit(seconds),
  );
  const [text, setText] = useState(() =>
    seconds === null ? props.value : String(seconds / SPAN_UNITS[unit]),
  );
  const change = (typed: string, of: SpanUnit) => {
    setText(typed);
    setUnit(of);
    const count = /^\d{1,9}$/.test(typed.trim()) ? Number(typed) : null;
    props.onChange(count === null ? typed : spanText(count * SPAN_UNITS[of]));
  };
  const units = Object.keys(SPAN_UNITS) as SpanUnit[];
  return (
    <Field {...field}>
      {(control) => (
        <div className={styles.pair}>
          <Input
            {...control}
            className={styles.narrow}
            inputMode="numeric"
            autoComplete="off"
            value={text}
            onChange={(_, data) => change(data.value, unit)}
          />
          <Dropdown
            className={styles.unit}
            aria-label={t('units.unit')}
            value={t(`units.${unit}`)}
            selectedOptions={[unit]}
            onOptionSelect={(_, data) => change(text, data.optionValue as SpanUnit)}
          >
            {units.map((one) => (
              <Option key={one} value={one}>
                {t(`units.${one}`)}
              </Option>
            ))}
          </Dropdown>
        </div>
      )}
    </Field>
  );
}

interface CheckProps extends Common {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function CheckField({ label, checked, onChange, ...rest }: CheckProps): ReactElement {
  const styles = useStyles();
  const field = useField({ ...rest, label });
  return (
    <Field
      {...field}
      label={undefined}
      hint={rest.hint === undefined ? undefined : { className: styles.indent, children: rest.hint }}
    >
      <Checkbox
        label={label}
        checked={checked}
        disabled={rest.disabled ?? false}
        onChange={(_, data) => onChange(data.checked === true)}
      />
    </Field>
  );
}

export interface Choice<V extends string> {
  value: V;
  label: string;
  disabled?: boolean;
  /** Shown below the choice while it is chosen. */
  more?: ReactNode;
}

interface RadioProps<V extends string> extends Common {
  value: V;
  onChange: (value: V) => void;
  choices: readonly Choice<V>[];
}

export function RadioField<V extends string>(props: RadioProps<V>): ReactElement {
  const styles = useStyles();
  const field = useField(props);
  return (
    <Field {...field}>
      <RadioGroup
        className={styles.radios}
        value={props.value}
        onChange={(_, data) => props.onChange(data.value as V)}
      >
        {props.choices.map(({ value, label, disabled, more }) => (
          <div key={value}>
            <Radio value={value} label={label} disabled={disabled ?? false} />
            {value === props.value && more && <div className={styles.sub}>{more}</div>}
          </div>
        ))}
      </RadioGroup>
    </Field>
  );
}

interface SelectProps<V extends string> extends Common {
  value: V;
  onChange: (value: V) => void;
  choices: readonly Omit<Choice<V>, 'more'>[];
}

export function SelectField<V extends string>(props: SelectProps<V>): ReactElement {
  const field = useField(props);
  return (
    <Field {...field}>
      <Dropdown
        value={props.choices.find((choice) => choice.value === props.value)?.label ?? props.value}
        selectedOptions={[props.value]}
        disabled={props.disabled ?? false}
        onOptionSelect={(_, data) => props.onChange(data.optionValue as V)}
      >
        {props.choices.map(({ value, label, disabled }) => (
          <Option key={value} value={value} disabled={disabled ?? false}>
            {label}
          </Option>
        ))}
      </Dropdown>
    </Field>
  );
}
