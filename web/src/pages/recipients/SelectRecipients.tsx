// Select recipients: type how a name or an address begins, the server finds who is meant. Enter takes the one
// who is found; where there are several, it leads to their list, in which Enter or a double click takes one.
// What has been taken stands below, until OK; where only one is wanted, taking it is the end.
import {
  Button,
  InteractionTag,
  InteractionTagPrimary,
  InteractionTagSecondary,
  SearchBox,
  TagGroup,
  Text,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useCmdlet } from '../../api/queries';
import { ErrorPanel } from '../../parts/ErrorPanel';
import { ListGrid } from '../../parts/ListGrid';
import type { ObjectListProps } from '../../parts/list-props';
import { useListTable } from '../../parts/list-table';
import { ModalDialog } from '../../parts/ModalDialog';
import { joined, without, type Recipient } from './recipient';
import { useRecipientColumns } from './use-columns';

/** How many are found at most at once: whoever is not among them needs more letters. */
const MOST_FOUND = 200;
const DELAY = 250;
const NOBODY: readonly Recipient[] = [];

const useStyles = makeStyles({
  search: { width: '100%', maxWidth: 'none', marginBottom: '8px' },
  grid: { display: 'flex', height: '220px' },
  count: { minHeight: '20px', color: tokens.colorNeutralForeground2 },
  add: { margin: '8px 0' },
  chosen: { minHeight: '40px', maxHeight: '120px', overflowY: 'auto' },
  tags: { flexWrap: 'wrap', rowGap: '4px' },
});

interface Props {
  title: string;
  /** Only one is wanted. */
  single?: boolean;
  /** Who is not offered: those there are already, the group itself. */
  except?: (recipient: Recipient) => boolean;
  onSelect: (recipients: Recipient[]) => void;
  onClose: () => void;
}

const keyOf = ({ Guid }: Recipient) => Guid;
const nobody = () => false;

export function SelectRecipients(props: Props): ReactElement {
  const { title, single = false, except = nobody, onSelect, onClose } = props;
  const styles = useStyles();
  const { t } = useTranslation();
  const columns = useRecipientColumns();
  const grid = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [marked, setMarked] = useState<string[]>([]);
  const [chosen, setChosen] = useState<readonly Recipient[]>(NOBODY);
  const [entered, setEntered] = useState(false);
  const found = useFound(text);
  const items = useMemo(
    () => found.objects && without(found.objects, chosen).filter((one) => !except(one)),
    [found.objects, chosen, except],
  );

  const take = (recipients: readonly Recipient[]) => {
    if (recipients.length === 0) return;
    if (single) {
      onSelect(recipients.slice(0, 1));
      return;
    }
    setChosen((before) => joined(before, recipients));
    setMarked([]);
  };
  const takeMarked = () => take(items?.filter(({ Guid }) => marked.includes(Guid)) ?? []);
  const toGrid = () => grid.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  const takeOnly = () => {
    const [first, ...others] = items ?? [];
    if (!first) return;
    if (others.length > 0) {
      toGrid();
      return;
    }
    take([first]);
    setText('');
  };
  const enter = useRef(takeOnly);
  useEffect(() => {
    enter.current = takeOnly;
  });
  // Enter in the search box waits for the answer to what stands there.
  const isAnswered = entered && found.isCurrent;
  useEffect(() => {
    if (!isAnswered) return;
    setEntered(false);
    enter.current();
  }, [isAnswered]);
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter is not meant for the dialog behind.
    if (event.key === 'Enter') event.stopPropagation();
    if (event.target !== search.current) return;
    if (event.key === 'Enter' && text.trim() !== '') setEntered(true);
    else if (event.key === 'ArrowDown') toGrid();
    else return;
    event.preventDefault();
  };

  const list: ObjectListProps<Recipient> = {
    id: 'select-recipients',
    label: t('recipients.found'),
    items,
    keyOf,
    columns,
    selected: marked,
    onSelect: setMarked,
    onOpen: (recipient) => take([recipient]),
    onRefresh: () => undefined,
    sortBy: { column: 'name' },
  };
  const table = useListTable(list, '');
  const nobodyText = (typed: string, isMeant: boolean) => {
    if (typed === '') return t('recipients.nobodyLeft');
    return t(isMeant ? 'recipients.thereAlready' : 'list.nothingFound', { text: typed });
  };
  const ready = single ? marked.length === 1 : chosen.length > 0;
  const finish = () => (single ? takeMarked() : onSelect([...chosen]));
  return (
    <ModalDialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button appearance="primary" disabledFocusable={!ready} onClick={() => ready && finish()}>
            {t('common.ok')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <div onKeyDown={onKeyDown}>
        <SearchBox
          className={styles.search}
          input={{ ref: search, 'data-first': '' } as object}
          aria-label={t('recipients.search')}
          placeholder={t('recipients.search')}
          value={text}
          onChange={(_, data) => {
            setEntered(false);
            setText(data.value);
          }}
        />
        {found.problem && <ErrorPanel problem={found.problem} onRetry={found.again} />}
        <div className={styles.grid} ref={grid}>
          {table.rows.length > 0 && <ListGrid {...list} list={table} />}
          {items?.length === 0 && found.isCurrent && (
            <Text>{nobodyText(text.trim(), (found.objects?.length ?? 0) > 0)}</Text>
          )}
        </div>
        <Text block size={200} role="status" className={styles.count}>
          {items &&
            items.length > 0 &&
            (found.isMore
              ? t('recipients.moreFound', { count: items.length })
              : t('list.count', { count: items.length }))}
        </Text>
        {!single && (
          <>
            <Button
              className={styles.add}
              disabledFocusable={marked.length === 0}
              onClick={takeMarked}
            >
              {t('sendConnectors.addArrow')}
            </Button>
            <Chosen chosen={chosen} onChange={setChosen} />
          </>
        )}
      </div>
    </ModalDialog>
  );
}

interface ChosenProps {
  chosen: readonly Recipient[];
  onChange: (chosen: Recipient[]) => void;
}

function Chosen({ chosen, onChange }: ChosenProps): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  return (
    <div className={styles.chosen} role="status" aria-label={t('recipients.selected')}>
      {chosen.length === 0 ? (
        <Text>{t('recipients.noneSelected')}</Text>
      ) : (
        <TagGroup
          className={styles.tags}
          aria-label={t('recipients.selected')}
          onDismiss={(_, { value }) => onChange(chosen.filter(({ Guid }) => Guid !== value))}
        >
          {chosen.map(({ Guid, Name, PrimarySmtpAddress }) => (
            <InteractionTag key={Guid} value={Guid} size="small">
              <InteractionTagPrimary hasSecondaryAction title={PrimarySmtpAddress}>
                {Name}
              </InteractionTagPrimary>
              <InteractionTagSecondary aria-label={t('recipients.takeOut', { name: Name })} />
            </InteractionTag>
          ))}
        </TagGroup>
      )}
    </div>
  );
}

/** Whom the server finds for what is typed, a moment after the last key. */
function useFound(text: string) {
  const [asked, setAsked] = useState('');
  const wanted = text.trim();
  useEffect(() => {
    const timer = setTimeout(() => setAsked(wanted), DELAY);
    return () => clearTimeout(timer);
  }, [wanted]);
  const answer = useCmdlet(
    'Get-Recipient',
    { ...(asked === '' ? {} : { Anr: asked }), ResultSize: MOST_FOUND },
    { keep: true },
  );
  return {
    objects: answer.data?.objects,
    isMore: (answer.data?.warnings.length ?? 0) > 0,
    /** Whether this is the answer to what stands there now. */
    isCurrent: asked === wanted && answer.data !== undefined && !answer.isPlaceholderData,
    problem: answer.error,
    again: () => void answer.refetch(),
  };
}
