import { SpanStatusCode } from '@opentelemetry/api';
import { ParentBasedSampler, SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/store/store-errors.ts';
import { errorTypeOf, spanOfCaller, toSpanContext, traced } from '../../../src/telemetry/trace.ts';
import { type RecordedTelemetry, recordTelemetry } from '../../support/recorded-telemetry.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';

describe('work', () => {
  let telemetry: RecordedTelemetry;
  beforeEach(() => {
    telemetry = recordTelemetry();
  });
  afterEach(() => telemetry.end());

  it('is a span below the one it is done in, however much else goes on', async () => {
    const whole = (name: string) =>
      traced(name, {}, (parent) => traced(`${name}, in part`, { parent }, async () => {}));
    await Promise.all(['one', 'two'].map(whole));
    const spans = telemetry.spans();
    const parentOf = (name: string) => {
      const parent = spans.find((span) => span.name === name)?.parentSpanContext?.spanId;
      return spans.find((span) => span.spanContext().spanId === parent)?.name;
    };
    expect([parentOf('one, in part'), parentOf('two, in part')]).toEqual(['one', 'two']);
  });

  it('that fails is marked with the kind of error, and with nothing that an error may quote', async () => {
    const failing = traced('fails', {}, async () => {
      throw new TypeError('the payload');
    });
    await expect(failing).rejects.toThrow('the payload');
    const [span] = telemetry.spans();
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'TypeError' },
      events: [],
    });
    expect(JSON.stringify([span?.attributes, span?.status])).not.toContain('payload');
  });

  it('goes on with the trace of its caller', async () => {
    const parent = spanOfCaller(`00-${TRACE_ID}-${SPAN_ID}-01`);
    await traced('called', { parent }, async () => {});
    expect(telemetry.spans()[0]?.parentSpanContext).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID });
  });

  it('below a span that is not kept is none of its own; what a caller does not keep may be kept here', async () => {
    await telemetry.end();
    let isKept = false;
    const root = {
      shouldSample: () => ({
        decision: isKept ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
      }),
    };
    telemetry = recordTelemetry(new ParentBasedSampler({ root, remoteParentNotSampled: root }));
    const parent = spanOfCaller(`00-${TRACE_ID}-${SPAN_ID}-00`);
    await traced('not kept', { parent }, (span) =>
      traced('below', { parent: span }, async (below) => expect(below).toBe(span)),
    );
    expect(telemetry.spans()).toEqual([]);
    isKept = true;
    await traced('kept', { parent }, (span) => traced('below', { parent: span }, async () => {}));
    expect(telemetry.spans().map(({ name }) => name)).toEqual(['below', 'kept']);
  });

  it.each([undefined, null, '', 'nonsense'])('starts a trace where its caller has none: %j', async (none) => {
    await traced('called', { parent: spanOfCaller(none) }, async () => {});
    expect(telemetry.spans()[0]?.parentSpanContext).toBeUndefined();
  });
});

describe('nothing attached', () => {
  it('changes nothing about the work', async () => {
    const parent = spanOfCaller(`00-${TRACE_ID}-${SPAN_ID}-01`);
    expect(await traced('quiet', { parent }, async () => 'done')).toBe('done');
    const failing = traced('quiet', {}, () => Promise.reject(new RangeError('as it was')));
    await expect(failing).rejects.toThrow('as it was');
  });
});

it('an exporter attached after the first work, or after another one ended, gets all work from then on', async () => {
  await traced('too early', {}, async () => {});
  for (const name of ['first', 'second']) {
    const telemetry = recordTelemetry();
    await traced(name, { attributes: { name } }, async () => {});
    expect(telemetry.spans()).toMatchObject([{ name, attributes: { name } }]);
    await telemetry.end();
    await traced('too late', {}, async () => {});
    expect(telemetry.spans()).toHaveLength(1);
  }
});

describe('a traceparent', () => {
  it('is read', () => {
    expect(toSpanContext(`00-${TRACE_ID}-${SPAN_ID}-00`)).toEqual({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      traceFlags: 0,
      isRemote: true,
    });
  });

  it.each([
    ['too short', `00-${TRACE_ID}-${SPAN_ID}`],
    ['not in hex', `00-${TRACE_ID.replace('4', 'g')}-${SPAN_ID}-01`],
    ['of no trace', `00-${'0'.repeat(32)}-${SPAN_ID}-01`],
    ['followed by something', `00-${TRACE_ID}-${SPAN_ID}-01-x`],
    ['a number', 7],
    ['absent', undefined],
  ])('that is %s is none', (_, value) => {
    expect(toSpanContext(value)).toBeNull();
  });
});

describe('the type of an error', () => {
  it.each([
    ['the status of its cause', new StoreUnavailableError('', { cause: { code: 503 } }), '503'],
    ['its own network code', Object.assign(new Error(), { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['its class', new RangeError('quotes'), 'RangeError'],
    ['what it is, when it is no error', 'quotes', 'string'],
  ])('is %s', (_, error, type) => {
    expect(errorTypeOf(error)).toBe(type);
  });
});
