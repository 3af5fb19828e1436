// The filter bar of the Queue Viewer: property, operator, value, as many conditions as wanted, and the
// text of -Filter that they make. Nothing is asked for until the filter is applied.
import { Button, Input, Select, makeStyles, tokens } from '@fluentui/react-components';
import { Add16Regular } from '@fluentui/react-icons/svg/add';
import { Dismiss16Regular } from '@fluentui/react-icons/svg/dismiss';
import { Filter16Regular } from '@fluentui/react-icons/svg/filter';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { commandText } from '../../../parts/command';
import {
  conditionFor,
  conditionText,
  filterText,
  needsValue,
  operatorsOf,
  type Condition,
  type Operator,
  type Property,
} from './filter';
import { useWords } from './words';

interface Props {
  cmdlet: string;
  properties: readonly Property[];
  applied: string | undefined;
  onApply: (filter: string | undefined) => void;
}

const useStyles = makeStyles({
  bar: { display: 'flex', flexDirection: 'column', rowGap: '6px', padding: '2px 0 8px' },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '6px' },
  property: { minWidth: '180px' },
  operator: { minWidth: '160px' },
  value: { minWidth: '200px', flexGrow: 1, maxWidth: '420px' },
  code: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
    overflowWrap: 'anywhere',
  },
});

export function FilterBar({ cmdlet, properties, applied, onApply }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const [conditions, setConditions] = useState<readonly Condition[]>([]);
  const text = filterText(conditions, properties);
  const add = () => {
    const first = properties[0];
    if (first) setConditions([...conditions, conditionFor(first)]);
  };
  const apply = () => text !== null && onApply(text);
  const clear = () => {
    setConditions([]);
    onApply(undefined);
  };
  const remove = (index: number) => {
    const rest = conditions.filter((_, at) => at !== index);
    setConditions(rest);
    if (rest.length === 0) onApply(undefined);
  };
  if (conditions.length === 0) {
    return (
      <div className={styles.bar}>
        <div className={styles.line}>
          <Button size="small" icon={<Filter16Regular />} onClick={add}>
            {t('queues.createFilter')}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form
      className={styles.bar}
      aria-label={t('queues.filter')}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      {conditions.map((condition, index) => (
        <ConditionRow
          // oxlint-disable-next-line react/no-array-index-key
          key={index}
          condition={condition}
          properties={properties}
          onChange={(next) => setConditions(conditions.with(index, next))}
          onRemove={() => remove(index)}
        />
      ))}
      <div className={styles.line}>
        <Button size="small" icon={<Add16Regular />} onClick={add}>
          {t('queues.addCondition')}
        </Button>
        <Button
          size="small"
          type="submit"
          appearance="primary"
          disabledFocusable={text === null}
          icon={<Filter16Regular />}
        >
          {t('queues.applyFilter')}
        </Button>
        <Button size="small" onClick={clear}>
          {t('queues.clearFilter')}
        </Button>
        <code className={styles.code} translate="no">
          {text !== null && commandText(cmdlet, { Filter: text })}
        </code>
        <span role="status">
          {text !== null && text === applied ? t('queues.filterApplied') : ''}
        </span>
      </div>
    </form>
  );
}

interface RowProps {
  condition: Condition;
  properties: readonly Property[];
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

function ConditionRow({ condition, properties, onChange, onRemove }: RowProps): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const words = useWords();
  const property = properties.find(({ name }) => name === condition.property);
  const isWrong =
    condition.value !== '' &&
    needsValue(condition.operator) &&
    conditionText(condition, properties) === null;
  const isTime = property?.kind === 'time' || property?.kind === 'optionalTime';
  return (
    <div className={styles.line} role="group" aria-label={t('queues.condition')}>
      <Select
        size="small"
        className={styles.property}
        aria-label={t('queues.property')}
        value={condition.property}
        onChange={(_, data) => {
          const next = properties.find(({ name }) => name === data.value);
          if (next) onChange(conditionFor(next));
        }}
      >
        {properties.map(({ name }) => (
          <option key={name} value={name}>
            {words.property(name)}
          </option>
        ))}
      </Select>
      <Select
        size="small"
        className={styles.operator}
        aria-label={t('queues.operator')}
        value={condition.operator}
        onChange={(_, data) => onChange({ ...condition, operator: data.value as Operator })}
      >
        {property &&
          operatorsOf(property).map((operator) => (
            <option key={operator} value={operator}>
              {t(`queues.operators.${operator}`)}
            </option>
          ))}
      </Select>
      {needsValue(condition.operator) &&
        (property?.words ? (
          <Select
            size="small"
            className={styles.operator}
            aria-label={t('queues.value')}
            value={condition.value}
            onChange={(_, data) => onChange({ ...condition, value: data.value })}
          >
            {property.words.map((word) => (
              <option key={word} value={word}>
                {words.value(property.name, word)}
              </option>
            ))}
          </Select>
        ) : (
          <Input
            size="small"
            className={styles.value}
            aria-label={t('queues.value')}
            aria-invalid={isWrong}
            type={isTime ? 'datetime-local' : 'text'}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            value={condition.value}
            onChange={(_, data) => onChange({ ...condition, value: data.value })}
          />
        ))}
      <Button
        size="small"
        appearance="subtle"
        icon={<Dismiss16Regular />}
        aria-label={t('queues.removeCondition')}
        onClick={onRemove}
      />
    </div>
  );
}
