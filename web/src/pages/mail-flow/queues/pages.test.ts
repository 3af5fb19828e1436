import { expect, it } from 'vitest';
import { firstPage, nextPage, ordered, parametersOf, previousPage, shown } from './pages';

interface Thing {
  Identity: string;
  Size: string;
  Recipients: string[];
}

const thing = (number: number): Thing => ({
  Identity: `S\\Q\\${number}`,
  Size: `${number} KB`,
  Recipients: ['many'],
});

it('asks for a page and one object more', () => {
  const pages = firstPage<Thing>(2);
  expect(parametersOf(pages)).toEqual({ ResultSize: 3 });
  expect(shown(pages, [thing(1), thing(2), thing(3)])).toEqual({
    items: [thing(1), thing(2)],
    hasNext: true,
  });
  expect(shown(pages, [thing(1), thing(2)]).hasNext).toBe(false);
  expect(shown(pages, undefined)).toEqual({ items: undefined, hasNext: false });
});

it('goes on behind the last object, and back', () => {
  const second = nextPage(firstPage<Thing>(2), thing(2));
  expect(parametersOf(second)).toEqual({
    ResultSize: 3,
    BookmarkObject: { Identity: 'S\\Q\\2' },
    IncludeBookmark: false,
  });
  expect(parametersOf(previousPage(second))).toEqual({ ResultSize: 3 });
  expect(previousPage(firstPage<Thing>(2)).behind).toEqual([null]);
});

it('sorts on the server, and begins anew', () => {
  const bySize = ordered(nextPage(firstPage<Thing>(2), thing(2)), 'Size');
  expect(parametersOf(bySize)).toEqual({ ResultSize: 3, SortOrder: ['+Size'] });
  const down = nextPage(ordered(bySize, 'Size'), thing(9));
  expect(parametersOf(down)).toEqual({
    ResultSize: 3,
    SortOrder: ['-Size'],
    BookmarkObject: { Identity: 'S\\Q\\9', Size: '9 KB' },
    IncludeBookmark: false,
  });
  expect(ordered(down, 'Subject').order).toEqual({ column: 'Subject', descending: false });
});
