import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import { type AccountFlags, withAccount } from '../common/account.ts';
import { CommandError } from '../common/command-error.ts';
import { type CommandContext, print } from '../common/context.ts';
import { toProductItem } from './stored-product.ts';
import { listText, productText } from './text.ts';

type ListFlags = AccountFlags & { category?: string; limit: number; deleted?: true };

/** `products list`: the stored products by ID. Resolves to the exit code. */
export async function showProductList(flags: ListFlags, context: CommandContext): Promise<number> {
  return withAccount(context, flags, async ({ catalog, address }) => {
    const { category: categoryId, limit } = flags;
    const items: CatalogItem[] = [];
    let isMore = false;
    for await (const item of catalog.listById({ categoryId })) {
      if (item.deleted && !flags.deleted) continue;
      isMore = items.length === limit;
      if (isMore) break;
      items.push(item);
    }
    const about = { address, categoryId, isMore, now: Date.now(), columns: context.stdout.columns };
    print(context, flags.json ? items : listText(items, about));
    return 0;
  });
}

/** `products show ID`: one product, for people, or with `--json` as it is stored. Resolves to the exit code. */
export async function showProduct(id: string, flags: AccountFlags, context: CommandContext): Promise<number> {
  return withAccount(context, flags, async ({ catalog, address }) => {
    const stored = await catalog.readWhole(id);
    if (stored === null) throw new CommandError(`There is no product ${id} at ${address}.`);
    print(context, flags.json ? stored : productText(toProductItem(stored), Date.now()));
    return 0;
  });
}
