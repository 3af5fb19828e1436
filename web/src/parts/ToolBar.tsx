// A row of icons with tooltips. What does not fit, and what is marked `more`, is in the menu behind the
// three dots. An action the person may not run stays visible but disabled, its tooltip saying why.
// Left and Right move between the icons.
import {
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Overflow,
  OverflowItem,
  Toolbar,
  ToolbarButton,
  Tooltip,
  makeStyles,
  useIsOverflowItemVisible,
  useOverflowMenu,
} from '@fluentui/react-components';
import { MoreHorizontal20Regular } from '@fluentui/react-icons/svg/more-horizontal';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';

export interface ToolItem {
  id: string;
  label: string;
  icon?: ReactElement;
  onClick: () => void;
  disabled?: boolean;
  /** Why it is not permitted: disables it and is its tooltip. */
  why?: string | undefined;
  /** Always in the menu behind the dots. */
  more?: boolean;
}

const useStyles = makeStyles({
  bar: { padding: 0, flexGrow: 1, minWidth: '80px', overflow: 'hidden' },
});

export function ToolBar({
  label,
  items,
}: {
  label: string;
  items: readonly ToolItem[];
}): ReactElement {
  const styles = useStyles();
  const icons = items.filter((item) => !item.more);
  return (
    <Overflow minimumVisible={1} padding={8}>
      <Toolbar className={styles.bar} aria-label={label}>
        {icons.map((item, index) => (
          <OverflowItem key={item.id} id={item.id} priority={icons.length - index}>
            <Tool item={item} />
          </OverflowItem>
        ))}
        <More items={items} />
      </Toolbar>
    </Overflow>
  );
}

function Tool({ item, ...rest }: { item: ToolItem }): ReactElement {
  const disabled = item.disabled || item.why !== undefined;
  return (
    <Tooltip
      content={item.why ?? item.label}
      relationship={item.why === undefined ? 'label' : 'description'}
    >
      <ToolbarButton
        {...rest}
        icon={item.icon}
        aria-label={item.label}
        disabledFocusable={disabled}
        onClick={disabled ? undefined : item.onClick}
      />
    </Tooltip>
  );
}

function More({ items }: { items: readonly ToolItem[] }): ReactElement | null {
  const { t } = useTranslation();
  const { ref, isOverflowing } = useOverflowMenu<HTMLButtonElement>();
  if (!isOverflowing && !items.some((item) => item.more)) return null;
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content={t('common.moreOptions')} relationship="label">
          <ToolbarButton ref={ref} icon={<MoreHorizontal20Regular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {items.map((item) => (
            <MoreItem key={item.id} item={item} />
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function MoreItem({ item }: { item: ToolItem }): ReactElement | null {
  const visible = useIsOverflowItemVisible(item.id);
  if (!item.more && visible) return null;
  return (
    <MenuItem
      icon={item.icon}
      disabled={item.disabled || item.why !== undefined}
      title={item.why}
      onClick={item.onClick}
    >
      {item.label}
    </MenuItem>
  );
}
