import { readAppSettings } from './settings/app-settings.ts';
import { readEventHubSettings, readKafkaSettings } from './settings/broker-settings.ts';
import { readOfferSettings } from './settings/offer-settings.ts';
import { type Environment, IS_MISSING } from './settings/read-settings.ts';
import { readWebhookSecrets, WEBHOOK_SECRETS } from './settings/webhook-secrets.ts';
import { readTelemetrySettings } from './telemetry/telemetry-settings.ts';

/** Everything that the app reads from its environment, checked, and all that is wrong with it. */
export type Config = ReturnType<typeof readConfig>;

/** Plans without a warm-up trigger, or with none that Azure documents. */
const PLANS_WITHOUT_WARM_UP = new Set(['Dynamic', 'FlexConsumption']);

/** Reads every setting once, and reports all that is missing or malformed together, by name and never with a value. */
export function readConfig(env: Environment) {
  const app = readAppSettings(env);
  const webhooks = readWebhookSecrets(env);
  const eventHub = readEventHubSettings(env);
  const kafka = readKafkaSettings(env);
  const offers = readOfferSettings(env);
  const telemetry = readTelemetrySettings(env);
  const problems = [app, webhooks, eventHub, kafka, offers, telemetry].flatMap((part) => part.problems);
  const warnings = [...webhooks.warnings];
  if (!env[WEBHOOK_SECRETS]?.replaceAll(',', '')) {
    const hasBroker = eventHub.settings !== null || kafka.settings !== null;
    if (hasBroker) warnings.push(`${WEBHOOK_SECRETS} is not set: every webhook is refused`);
    else problems.push({ part: 'webhooks', name: WEBHOOK_SECRETS, problem: IS_MISSING });
  }
  return {
    /** Null if something is wrong with them: then the app processes nothing. */
    app: app.settings,
    /** Empty if there is none, or one is unusable: then the app refuses every webhook. */
    webhookSecrets: webhooks.secrets,
    /** Null if its trigger is not registered. If only the app's settings are wrong, it is: the partitions wait. */
    eventHub: eventHub.problems.length === 0 ? eventHub.settings : null,
    /** Null also if the app's settings are wrong, because Kafka's offsets may be committed even if a batch fails. */
    kafka: app.settings !== null && kafka.problems.length === 0 ? kafka.settings : null,
    /** Null if nobody asks for offers, or their settings are wrong. */
    offers: offers.settings,
    telemetry: telemetry.settings,
    hasWarmUpTrigger: Boolean(env.WEBSITE_SKU) && !PLANS_WITHOUT_WARM_UP.has(env.WEBSITE_SKU ?? ''),
    problems,
    /** What may be a mistake, but stops nothing. */
    warnings,
  };
}
