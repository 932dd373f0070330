import type { LogEntry, LogLevel } from './log.ts';

// The messages between host, worker and `@azure/functions`, as far as this host uses them. The names are those of
// the module `@azure/functions-core`, which the worker supplies in Azure and which no package on npm declares.

/** One value on its way into the app: exactly one member is set. */
export type RpcTypedData = {
  string?: string;
  json?: string;
  http?: Record<string, never>;
  collectionBytes?: { bytes: Uint8Array[] };
  collectionString?: { string: string[] };
  collectionSint64?: { sint64: ReturnType<typeof toInt64>[] };
};

/** A safe integer as the worker reads a 64-bit one from the host's messages: two halves. */
export function toInt64(value: number): { low: number; high: number; unsigned: boolean } {
  return { low: value | 0, high: Math.floor(value / 2 ** 32), unsigned: false };
}

/** What a trigger passes for one invocation. */
export type InvocationRequest = {
  /** The trigger chooses it if it needs the id beforehand; else it is random. */
  invocationId?: string;
  /** The trigger's value under the name of the trigger's binding. */
  inputData: { name: string; data: RpcTypedData }[];
  triggerMetadata?: Record<string, RpcTypedData>;
  retryContext?: {
    retryCount: number;
    maxRetryCount: number;
    /** How the run before failed. */
    exception?: { message: string; source: string; stackTrace: string };
  };
  traceContext?: { traceParent: string; traceState: string; attributes: Record<string, string> };
};

/** A binding as the app declared it, with the settings of its type (`route`, `eventHubName`, …). */
export type Binding = { type: string; direction: 'in' | 'out' | 'inout'; [setting: string]: unknown };

/** What the library registers for one function. */
export type FunctionMetadata = { name: string; bindings: Record<string, Binding>; retryOptions?: unknown };

/** A function's handler, or what a hook put in its place. */
export type FunctionCallback = (...args: unknown[]) => unknown;

/** The worker's side of an invocation, which the library reads and logs through. */
export type CoreInvocationContext = {
  invocationId: string;
  request: InvocationRequest & { invocationId: string; functionId: string };
  metadata: FunctionMetadata;
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: LogLevel, category: LogEntry['category'], message: string): void;
};

/** The library's side of an invocation. */
type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  /** Over HTTP with streaming, this is what sends the answer. */
  getResponse(context: unknown, result: unknown): Promise<unknown>;
};

/** The library itself, as it announces itself to the worker. */
export type ProgrammingModel = {
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
};
