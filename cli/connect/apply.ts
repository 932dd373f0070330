import { isDeepStrictEqual } from 'node:util';
import { CommandError, isAbort } from '../common/command-error.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { isSecretPath, leavesOf, type Model, type ModelChange, shownValue } from '../ordercloud/model.ts';
import { OrderCloudError } from '../ordercloud/ordercloud-error.ts';
import type { Plan, State } from './plan.ts';

const REPEAT = 'Run the same command again: it does what is left.';

/**
 * Writes what the plan says: the delivery configuration first, because the synchronization refers to it. What is there
 * is patched and never replaced: what this program does not know stays, and secrets, which a GET does not give, too.
 * @throws CommandError that says exactly what was saved and what was not
 */
export async function applyPlan(
  api: OrderCloudApi,
  plan: Plan,
  state: State,
  signal: AbortSignal,
): Promise<void> {
  const { deliveryConfigId: id, deliveryConfig, productSync } = plan;
  const what = `delivery configuration "${id}"`;
  if (deliveryConfig.changes.length > 0) {
    const answer = await api
      .call(
        (sdk, options): Promise<unknown> => {
          // A POST does not overwrite what somebody else has created meanwhile, as a PUT would.
          return deliveryConfig.isNew
            ? sdk.DeliveryConfigurations.Create(deliveryConfig.body as never, options)
            : sdk.DeliveryConfigurations.Patch(id, deliveryConfig.body as never, options);
        },
        { signal },
      )
      .catch((error: unknown) => {
        throw failed(error, isUncertain(error) ? uncertain(what) : 'Nothing was changed.');
      });
    requireKept(answer, state.deliveryConfig, deliveryConfig.changes, what);
  }
  const saved = deliveryConfig.changes.length > 0 ? `The ${what} was saved, but ` : '';
  if (productSync.changes.length === 0) return;
  if (signal.aborted) {
    throw new CommandError(`Interrupted. ${saved}product synchronization was not touched. ${REPEAT}`, {
      exitCode: 130,
    });
  }
  const answer = await api
    .call(
      (sdk, options): Promise<unknown> => {
        return productSync.isNew
          ? sdk.ProductSynchronization.Save(productSync.body as never, options)
          : sdk.ProductSynchronization.Patch(productSync.body as never, options);
      },
      { signal },
    )
    .catch((error: unknown) => {
      const sync = 'the configuration of product synchronization';
      const state = isUncertain(error) ? `it is not known whether ${sync} was` : `${sync} was not`;
      throw failed(error, capitalized(`${saved}${state}. ${REPEAT}`));
    });
  requireKept(answer, state.productSync, productSync.changes, 'configuration of product synchronization');
}

/** Without an answer, or after a failure inside OrderCloud, the write may have been carried out all the same. */
function isUncertain(error: unknown): boolean {
  if (!(error instanceof OrderCloudError)) return isAbort(error);
  return error.status === null || error.status >= 500;
}

function uncertain(what: string): string {
  return `It is not known whether the ${what} was saved; product synchronization was not touched. ${REPEAT}`;
}

function failed(error: unknown, whatNow: string): unknown {
  if (isAbort(error)) return new CommandError(`Interrupted. ${whatNow}`, { exitCode: 130, cause: error });
  if (!(error instanceof OrderCloudError)) return error;
  return new CommandError(`${error.message} ${whatNow}`, { cause: error });
}

/** Looks at what OrderCloud says it holds now: all that was there and was not to change must still be there. */
function requireKept(
  answer: unknown,
  former: Model | null,
  changes: readonly ModelChange[],
  what: string,
): void {
  const expected = leavesOf(former);
  for (const { path, to } of changes) expected.set(path, to);
  const found = leavesOf(answer as Model | null);
  const differing = [...expected].filter(
    ([path, value]) => !isSecretPath(path) && !isDeepStrictEqual(found.get(path), value),
  );
  if (differing.length === 0) return;
  const list = differing.map(([path, value]) => `${path} (should be ${shownValue(path, value)})`);
  throw new CommandError(
    `OrderCloud saved the ${what}, but its answer differs from what was asked for: ${list.join(', ')}. Look at it in the portal.`,
  );
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
