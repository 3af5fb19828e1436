// Which page of a list the server is asked for. A page begins behind the last object of the one before
// it (BookmarkObject), so that it costs the same however far one has gone; the way back is remembered.
// One object more than is shown tells whether there is a next page. Pure.

export interface Pages<T> {
  size: number;
  order: { column: string; descending: boolean } | undefined;
  /** The object that each page so far begins behind; null for the first. */
  behind: readonly (T | null)[];
}

export const SIZES = [100, 200, 500, 1000] as const;

export function firstPage<T>(size: number, order?: Pages<T>['order']): Pages<T> {
  return { size, order, behind: [null] };
}

export function nextPage<T>(pages: Pages<T>, last: T): Pages<T> {
  return { ...pages, behind: [...pages.behind, last] };
}

export function previousPage<T>(pages: Pages<T>): Pages<T> {
  return pages.behind.length > 1 ? { ...pages, behind: pages.behind.slice(0, -1) } : pages;
}

/** A click on a column head: another column, or the other direction. */
export function ordered<T>({ size, order }: Pages<T>, column: string): Pages<T> {
  const descending = order?.column === column && !order.descending;
  return firstPage(size, { column, descending });
}

/** The paging parameters of a Get- cmdlet. */
export function parametersOf<T extends object>({ size, order, behind }: Pages<T>) {
  const bookmark = behind.at(-1);
  return {
    ResultSize: size + 1,
    ...(order ? { SortOrder: [`${order.descending ? '-' : '+'}${order.column}`] } : {}),
    ...(bookmark ? { BookmarkObject: slim(bookmark, order?.column), IncludeBookmark: false } : {}),
  };
}

/** What the server needs of a bookmark: its name, and what is sorted by. */
function slim(object: object, column: string | undefined): object {
  return Object.fromEntries(
    Object.entries(object).filter(([name]) => name === 'Identity' || name === column),
  );
}

/** The objects of the page, and whether there are more. */
export function shown<T>(
  { size }: Pages<T>,
  objects: readonly T[] | undefined,
): { items: readonly T[] | undefined; hasNext: boolean } {
  if (!objects) return { items: undefined, hasNext: false };
  return { items: objects.slice(0, size), hasNext: objects.length > size };
}
