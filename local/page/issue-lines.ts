import { type Node, parseTree } from 'jsonc-parser';
import type { Issue } from './api.ts';

/** Issues by the line of the body, from 1 on. An issue whose place is not found is at line 1. */
export function issuesByLine(body: string, issues: readonly Issue[]): Map<number, Issue[]> {
  const root = parseTree(body);
  const payload = (root && (childOf(root, 'Payload') ?? childOf(root, 'data'))) ?? root;
  const byLine = new Map<number, Issue[]>();
  for (const issue of issues) {
    const node = payload && nodeAt(payload, issue.path);
    const line = body.slice(0, node?.offset ?? 0).split('\n').length;
    byLine.set(line, [...(byLine.get(line) ?? []), issue]);
  }
  return byLine;
}

/** The node that a path such as `Specs[1].Options[0].ID` leads to, or the last one on the way. */
function nodeAt(payload: Node, path: string): Node {
  let node = payload;
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    const next = name === undefined ? node.children?.[Number(index)] : childOf(node, name);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** Compares names without case, as the app does. */
function childOf(node: Node, name: string): Node | undefined {
  const property = node.children?.find(
    ({ type, children }) =>
      type === 'property' && String(children?.[0]?.value).toLowerCase() === name.toLowerCase(),
  );
  return property?.children?.[1];
}
