/**
 * The handler that a user would write without this project: parse, upsert, one after another. It keeps neither order
 * nor what it cannot parse; it is measured to tell what that costs or saves.
 */
export async function straightforwardHandler(
  upsert: (document: { id: string }) => Promise<unknown>,
  bodies: readonly Uint8Array[],
): Promise<void> {
  for (const body of bodies) {
    const { Payload: payload } = JSON.parse(new TextDecoder().decode(body));
    await upsert({ ...payload, id: payload.ProductID });
  }
}
