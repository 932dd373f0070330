let draft: string | null = null;

/** Stores a body for the box that sends messages, until it opens the next time. */
export function setDraft(body: string): void {
  draft = body;
}

/** Returns the stored body and removes it. */
export function takeDraft(): string | null {
  const taken = draft;
  draft = null;
  return taken;
}
