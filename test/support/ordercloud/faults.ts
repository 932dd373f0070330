/** What goes wrong with a request that it meets. */
export type OrderCloudFault =
  | { status: number; errorCode?: string; message?: string; headers?: Record<string, string> }
  | 'hang up'
  | 'no answer';

type Planned = { fault: OrderCloudFault; method: string; path: RegExp; times: number };

export type Faults = {
  /** The next `times` requests of this kind meet the fault; without `path`, every kind except logins. */
  next(fault: OrderCloudFault, which?: { method?: string; path?: RegExp; times?: number }): void;
  /** The fault that a request meets. */
  take(method: string, path: string): OrderCloudFault | undefined;
};

const NOT_THE_LOGIN = /^(?!\/oauth\/)/;

export function createFaults(): Faults {
  let planned: Planned[] = [];
  return {
    next(fault, { method = '', path = NOT_THE_LOGIN, times = 1 } = {}) {
      planned.push({ fault, method, path, times });
    },
    take(method, path) {
      const found = planned.find(
        (each) => (each.method === '' || each.method === method) && each.path.test(path),
      );
      if (found === undefined) return undefined;
      found.times -= 1;
      planned = planned.filter(({ times }) => times > 0);
      return found.fault;
    },
  };
}
