/** The webhook secret of the local stack. No secret at all: it protects nothing but a laptop's own loopback. */
export const LOCAL_WEBHOOK_SECRET = 'local-webhook-secret';
