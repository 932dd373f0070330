/** A value as a collapsible tree. */
export function Tree({ value, name, depth = 0 }: { value: unknown; name?: string; depth?: number }) {
  if (typeof value !== 'object' || value === null) {
    return (
      <div class="leaf">
        {name !== undefined && <span class="key">{name}: </span>}
        <span class={`value ${value === null ? 'null' : typeof value}`}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const entries = Object.entries(value);
  const size = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0) {
    return (
      <div class="leaf">
        {name !== undefined && <span class="key">{name}: </span>}
        <span class="value null">{Array.isArray(value) ? '[]' : '{}'}</span>
      </div>
    );
  }
  return (
    <details class="tree" open={depth < 1}>
      <summary>
        <span class="key">{name ?? 'document'}</span> <small>{size}</small>
      </summary>
      {entries.map(([key, entry]) => (
        <Tree key={key} name={key} value={entry} depth={depth + 1} />
      ))}
    </details>
  );
}
