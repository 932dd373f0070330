let draft: string | null = null;

/** Puts a body into the box that sends messages, for the next time that it opens. */
export function setDraft(body: string): void {
  draft = body;
}

/** Takes it out. */
export function takeDraft(): string | null {
  const taken = draft;
  draft = null;
  return taken;
}
