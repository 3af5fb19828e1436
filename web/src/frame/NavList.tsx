// Links of a navigation (feature pane, tabs). Tab reaches the current one, arrow keys, Home and End
// move between them, Enter and Space follow (the keys Exchange's property pages have).
import { mergeClasses } from '@fluentui/react-components';
import { useRef, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';

export interface NavItem {
  id: string;
  href: string;
  content: ReactNode;
}

interface Props {
  label: string;
  items: readonly NavItem[];
  current: string | undefined;
  className?: string;
  itemClass: string;
  currentClass: string;
}

export function NavList({
  label,
  items,
  current,
  className,
  itemClass,
  currentClass,
}: Props): ReactElement {
  const list = useRef<HTMLElement>(null);
  const reachable = items.some((item) => item.id === current) ? current : items[0]?.id;
  const onKeyDown = (event: KeyboardEvent) => {
    const links = [...(list.current?.querySelectorAll('a') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowRight: at + 1,
      PageDown: links.length - 1,
      End: links.length - 1,
      ArrowUp: at - 1,
      ArrowLeft: at - 1,
      PageUp: 0,
      Home: 0,
    };
    if (event.key === ' ') links[at]?.click();
    else if (!(event.key in targets)) return;
    else links[targets[event.key] ?? at]?.focus();
    event.preventDefault();
  };
  return (
    <nav aria-label={label} className={className} ref={list} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <a
          key={item.id}
          href={item.href}
          className={mergeClasses(itemClass, item.id === current && currentClass)}
          aria-current={item.id === current ? 'page' : undefined}
          tabIndex={item.id === reachable ? 0 : -1}
        >
          {item.content}
        </a>
      ))}
    </nav>
  );
}
