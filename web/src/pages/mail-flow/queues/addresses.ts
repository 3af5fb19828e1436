// Addresses of pages that other pages lead to.
import { format } from '../../../frame/router';

export const QUEUES = format(['mail-flow', 'queues']);
export const CONNECTORS = format(['mail-flow', 'send-connectors']);
/** Opens the wizard, with the type Internet chosen. */
export const NEW_CONNECTOR = format(['mail-flow', 'send-connectors'], { new: 'internet' });
export const TEST = format(['mail-flow', 'test-message']);

export const TRANSPORT_SECURITY = format(['mail-flow', 'transport-security']);

/** What is demanded of the hosts for a recipient; `tls` is what the message itself wants. */
export function securityAddress(to: string, tls = 'Default'): string {
  const query = { to, tls: tls === 'Default' ? undefined : tls };
  return format(['mail-flow', 'transport-security'], query);
}

export function queueAddress(identity: string): string {
  return format(['mail-flow', 'queues'], { select: identity });
}

export function connectorAddress(name: string): string {
  return format(['mail-flow', 'send-connectors'], { select: name });
}

/** The messages of a queue; of all for *. */
export function messagesOf(queue: string): string {
  return format(['mail-flow', 'queues', queue, 'messages']);
}

/** Follows a message by its Message-ID. */
export function followAddress(id: string, at?: string): string {
  return format(['mail-flow', 'test-message'], { id, at });
}

/** A message that the pretend Internet has received. */
export function sandboxMessage(id: string): string {
  return format(['sandbox', 'messages'], { id });
}
