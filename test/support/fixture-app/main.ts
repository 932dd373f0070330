import { createHash } from 'node:crypto';
import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';

// An app that exercises the local Functions host. The tests bundle it the way the real one is bundled.

app.setup({ enableHttpStream: true });

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

app.http('digest', {
  methods: ['POST', 'DELETE'],
  handler: async (request) => {
    const bytes = new Uint8Array(await request.arrayBuffer());
    return { jsonBody: { length: bytes.length, sha256: sha256(bytes) } };
  },
});

app.http('echo', {
  methods: ['POST', 'PUT'],
  handler: (request) => (request.body ? { body: request.body } : { status: 204 }),
});

app.http('item', {
  route: 'shelves/{shelf}/items/{id?}',
  methods: ['GET'],
  handler: (request) => ({
    status: 203,
    headers: { 'x-answer': 'yes' },
    cookies: [{ name: 'seen', value: '1' }],
    jsonBody: {
      url: request.url,
      params: request.params,
      query: [...request.query],
      color: request.headers.get('x-color'),
    },
  }),
});

app.http('headers', {
  route: 'headers/{color?}',
  methods: ['POST'],
  handler: async (request, { traceContext }) => ({
    jsonBody: {
      body: await request.text(),
      params: request.params,
      headers: Object.fromEntries(request.headers),
      traceContext,
    },
  }),
});

app.http('newest', {
  route: 'shelves/top/items/newest',
  methods: ['GET'],
  handler: () => ({ body: 'newest' }),
});

app.http('refuseUnread', {
  methods: ['POST'],
  handler: () => ({ status: 413, jsonBody: { title: 'too large' } }),
});

app.http('refuseAfterReadingSome', {
  methods: ['POST'],
  handler: async (request) => {
    const reader = (request.body as ReadableStream<Uint8Array>).getReader();
    let length = 0;
    while (length < 100_000) {
      const { value, done } = await reader.read();
      if (done) break;
      length += value.length;
    }
    return { status: 413, jsonBody: { title: 'too large' } };
  },
});

app.http('leaveBodyHalfRead', {
  methods: ['POST'],
  handler: async (request) => {
    for await (const _chunk of request.body ?? []) break;
    return { status: 413 };
  },
});

app.http('boom', {
  methods: ['GET', 'POST'],
  handler: () => {
    throw new Error('boom on purpose');
  },
});

app.http('answer', {
  route: 'answer/{json}',
  methods: ['GET'],
  handler: ({ params: { json } }): HttpResponseInit =>
    json === 'undefined' ? (undefined as unknown as HttpResponseInit) : JSON.parse(json ?? ''),
});

app.http('slow', { methods: ['GET'], handler: () => new Promise<HttpResponseInit>(() => {}) });

app.http('brokenStream', {
  methods: ['GET'],
  handler: () => ({
    body: (async function* () {
      yield Buffer.alloc(100_000);
      throw new Error('stream broke on purpose');
    })(),
  }),
});

app.http('readBody', {
  methods: ['POST'],
  handler: async (request: HttpRequest, context: InvocationContext) => {
    context.info('reading');
    try {
      await request.arrayBuffer();
    } catch (error) {
      context.warn('the body failed');
      throw error;
    }
    return { status: 204 };
  },
});

let meet: (() => void) | undefined;

app.http('rendezvous', {
  methods: ['GET'],
  handler: async () => {
    if (meet) meet();
    else {
      await new Promise<void>((resolve) => {
        meet = resolve;
      });
    }
    return { body: 'met' };
  },
});

app.http('reject', {
  methods: ['POST'],
  handler: () => {
    void Promise.reject(new Error('rejected on purpose'));
    return { status: 202 };
  },
});

app.http('health', { methods: ['GET'], handler: () => ({ jsonBody: { pid: process.pid } }) });

app.eventHub('feed', {
  connection: 'EventHubConnection',
  eventHubName: 'products',
  cardinality: 'many',
  handler: (events, context) => ({
    events: (events as Buffer[]).map((event) => event.toString('latin1')),
    metadata: context.triggerMetadata,
    retry: context.retryContext,
  }),
});

app.hook.appStart((context) => {
  context.hookData.started = true;
});
app.hook.preInvocation((context) => {
  context.hookData.before = true;
});
app.hook.postInvocation((context) => {
  context.invocationContext.debug(`hooked ${context.hookData.before} ${context.error ? 'failed' : 'done'}`);
});
app.hook.appTerminate((context) => {
  if (process.env.FIXTURE_SAYS_BYE) console.log(`bye, started ${context.hookData.started}`);
});
