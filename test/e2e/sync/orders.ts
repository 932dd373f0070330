/** Every order of some items. */
export function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first) =>
    orders(items.filter((item) => item !== first)).map((others) => [first, ...others]),
  );
}
