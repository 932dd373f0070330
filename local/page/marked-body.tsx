import type { Issue } from './api.ts';
import { issuesByLine } from './issue-lines.ts';

/** More lines than this make the page slow, and nobody reads them. */
const MAX_LINES = 2_000;

/** A body with line numbers. Issues appear below their lines. */
export function MarkedBody({ body, issues }: { body: string; issues: readonly Issue[] }) {
  const marks = issuesByLine(body, issues);
  const lines = body.split('\n');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must reach what scrolls
    <section class="body" tabIndex={0} aria-label="Body">
      {lines.slice(0, MAX_LINES).map((line, index) => (
        <div key={index} class={marks.has(index + 1) ? 'line marked' : 'line'}>
          <span class="line-number">{index + 1}</span>
          <code>{line || ' '}</code>
          {marks.get(index + 1)?.map(({ path, expected, found }) => (
            <p class="issue" key={path}>
              <strong>{path || 'message'}</strong>: expected {expected}, found {found}
            </p>
          ))}
        </div>
      ))}
      {lines.length > MAX_LINES && <p>… and {lines.length - MAX_LINES} more lines</p>}
    </section>
  );
}
