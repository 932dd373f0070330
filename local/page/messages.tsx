import { useState } from 'preact/hooks';
import type { Issue, Message, MessageDetail, Stack } from './api.ts';
import { Badge, Filters, hasWords, isChosen, Table, ViewLink } from './controls.tsx';
import { clock, duration, shortType, TRANSPORTS } from './format.ts';
import { MarkedBody } from './marked-body.tsx';
import { Send } from './send.tsx';
import { useAnswer } from './server.ts';

type Props = { messages: readonly Message[]; query: URLSearchParams; stack: Stack };

const SHOWN = 200;
const COLUMNS = ['Time', 'Transport', 'Type', 'Product', 'Outcome', 'Took', 'Lag'];

/** The messages as they arrive, and a box to send one. */
export function Messages({ messages, query, stack }: Props) {
  const [paused, setPaused] = useState<readonly Message[] | null>(null);
  const [open, setOpen] = useState<number | null>(null);
  const outcomes = [...new Set(messages.map((message) => message.outcome))].sort();
  const shown = (paused ?? messages).filter(
    ({ productId, type, reason, transport, outcome }) =>
      hasWords(`${productId} ${type} ${reason}`, query) &&
      isChosen([transport], query, 'transport') &&
      isChosen([outcome], query, 'outcome'),
  );
  return (
    <>
      <Send stack={stack} />
      <Filters
        query={query}
        choices={{
          transport: Object.entries(TRANSPORTS),
          outcome: outcomes.map((outcome) => [outcome, outcome] as const),
        }}
      >
        <button
          type="button"
          aria-pressed={paused !== null}
          onClick={() => setPaused(paused === null ? messages : null)}
        >
          {paused === null ? 'Pause' : 'Go on'}
        </button>
        <p class="count">
          {paused === null ? `${shown.length} messages` : `paused at ${shown.length} messages`}
          {shown.length > SHOWN && `, the newest ${SHOWN} are listed`}
        </p>
      </Filters>
      {shown.length === 0 ? (
        <p class="empty">No message has come yet. Send one above.</p>
      ) : (
        <div class="scroll">
          <Table kind="messages" columns={COLUMNS} numbers={2}>
            {shown.slice(0, SHOWN).map((message) => (
              <Row
                key={message.number}
                message={message}
                isOpen={open === message.number}
                onToggle={() => setOpen(open === message.number ? null : message.number)}
              />
            ))}
          </Table>
        </div>
      )}
    </>
  );
}

function Row({ message, isOpen, onToggle }: { message: Message; isOpen: boolean; onToggle: () => void }) {
  const { at, transport, type, productId, outcome, reason, milliseconds, lagMs } = message;
  return (
    <>
      <tr>
        <td>
          <button type="button" class="link" aria-expanded={isOpen} onClick={onToggle}>
            {clock(at)}
          </button>
        </td>
        <td>{TRANSPORTS[transport]}</td>
        <td>{shortType(type)}</td>
        <td>
          {productId === null ? (
            '–'
          ) : (
            <ViewLink to={`/products/${encodeURIComponent(productId)}`}>{productId}</ViewLink>
          )}
        </td>
        <td>
          <Badge kind={outcome}>{outcome}</Badge> {reason && <small>{reason}</small>}
        </td>
        <td class="number">{duration(milliseconds)}</td>
        <td class="number">{duration(lagMs)}</td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={7}>
            <Detail number={message.number} />
          </td>
        </tr>
      )}
    </>
  );
}

function Detail({ number }: { number: number }) {
  const detail = useAnswer<MessageDetail>(`message/${number}`);
  if (detail === null) return <p class="empty">The stack no longer has this message.</p>;
  const answer = parsed(detail.answer);
  return (
    <div class="columns">
      <div>
        <h3>Body{detail.isCut && ', its beginning'}</h3>
        <MarkedBody body={detail.body} issues={answer?.issues ?? []} />
      </div>
      <div>
        <h3>Outcome</h3>
        <p>
          {detail.bytes} bytes{detail.stream && `, ${detail.stream}`}
          {detail.status && `, answered ${detail.status}`}
        </p>
        {detail.answer && <pre>{answer ? JSON.stringify(answer, null, 2) : detail.answer}</pre>}
        {detail.deadLetterId && <ViewLink to="/dead-letters">Dead letters</ViewLink>}
      </div>
    </div>
  );
}

/** The answer of the webhook; undefined if it is no JSON. */
function parsed(answer: string | null): { issues?: Issue[] } | undefined {
  try {
    return JSON.parse(answer ?? '{}');
  } catch {
    return undefined;
  }
}
