import { type AppSettings, readAppSettings } from './settings/app-settings.ts';
import {
  type EventHubSettings,
  eventHubProblems,
  eventHubSettings,
  type KafkaSettings,
  kafkaProblems,
  kafkaSettings,
} from './settings/broker-settings.ts';
import { type OfferSettings, readOfferSettings } from './settings/offer-settings.ts';
import { type Environment, IS_MISSING, type Part, type SettingsProblem } from './settings/read-settings.ts';
import { readWebhookSecrets, WEBHOOK_SECRETS } from './settings/webhook-secrets.ts';
import { readTelemetrySettings, type TelemetrySettings } from './telemetry/telemetry-settings.ts';

/** Everything that the app reads from its environment, checked, and all that is wrong with it. */
export type Config = {
  /** Null if something is wrong with them: then the app processes nothing. */
  app: AppSettings | null;
  /** Empty if there is none, or one is unusable: then the app refuses every webhook. */
  webhookSecrets: string[];
  /** Null if its trigger is not registered. */
  eventHub: EventHubSettings | null;
  kafka: KafkaSettings | null;
  /** Null if nobody asks for offers, or their settings are wrong. */
  offers: OfferSettings | null;
  telemetry: TelemetrySettings;
  hasWarmUpTrigger: boolean;
  problems: SettingsProblem[];
  /** What may be a mistake, but stops nothing. */
  warnings: string[];
};

/** Plans without a warm-up trigger, or with none that Azure documents. */
const PLANS_WITHOUT_WARM_UP = new Set(['Dynamic', 'FlexConsumption']);

/** Reads every setting once, and reports all that is missing or malformed together, by name and never with a value. */
export function readConfig(env: Environment): Config {
  const app = readAppSettings(env);
  const webhooks = readWebhookSecrets(env);
  const telemetry = readTelemetrySettings(env);
  const offers = readOfferSettings(env);
  const [eventHub, kafka] = [eventHubSettings(env), kafkaSettings(env)];
  const problems: SettingsProblem[] = [
    ...app.problems,
    ...webhooks.problems,
    ...eventHubProblems(env),
    ...kafkaProblems(env),
    ...offers.problems,
    ...telemetry.problems,
  ];
  const warnings = [...webhooks.warnings];
  if (!env[WEBHOOK_SECRETS]?.replaceAll(',', '')) {
    if (eventHub || kafka) warnings.push(`${WEBHOOK_SECRETS} is not set: every webhook is refused`);
    else problems.push({ part: 'webhooks', name: WEBHOOK_SECRETS, problem: IS_MISSING });
  }
  const isWrong = (part: Part) => problems.some((problem) => problem.part === part);
  return {
    app: app.settings,
    webhookSecrets: webhooks.secrets,
    // Registered even if the app's settings are wrong: the partitions then wait.
    eventHub: isWrong('event-hub') ? null : eventHub,
    // Not registered then, because Kafka's offsets may be committed even if a batch fails.
    kafka: isWrong('app') || isWrong('kafka') ? null : kafka,
    offers: offers.settings,
    telemetry: telemetry.settings,
    hasWarmUpTrigger: Boolean(env.WEBSITE_SKU) && !PLANS_WITHOUT_WARM_UP.has(env.WEBSITE_SKU ?? ''),
    problems,
    warnings,
  };
}
