import { expect, it } from 'vitest';
import type { Message, Queue } from '../queues/outputs';
import { nextFor } from './next';

const message = (queue: string, status: string) =>
  ({ Queue: queue, Status: status }) as unknown as Message;
const queue = (status: string, next: string | null = null) =>
  ({ Status: status, NextRetryTime: next }) as unknown as Queue;
const nothing = { deferredAt: null, interval: undefined };

it('tells what a message waits for', () => {
  const unreachable = message('S\\Unreachable', 'Ready');
  expect(nextFor({ message: unreachable, queue: queue('Ready'), ...nothing }).kind).toBe(
    'connector',
  );
  expect(nextFor({ message: unreachable, queue: queue('Suspended'), ...nothing }).kind).toBe(
    'queueSuspended',
  );
  expect(
    nextFor({ message: message('S\\4', 'Suspended'), queue: queue('Ready'), ...nothing }).kind,
  ).toBe('messageSuspended');
  expect(
    nextFor({ message: message('S\\Poison', 'Suspended'), queue: undefined, ...nothing }).kind,
  ).toBe('poison');
  expect(
    nextFor({ message: message('S\\4', 'Active'), queue: queue('Active'), ...nothing }).kind,
  ).toBe('now');
});

it('tells when it is tried again', () => {
  const at = '2026-11-28T23:05:00.000Z';
  expect(
    nextFor({ message: message('S\\4', 'Retry'), queue: queue('Retry', at), ...nothing }),
  ).toEqual({ kind: 'queueRetry', at });
  const own = { message: message('S\\4', 'Retry'), queue: queue('Ready') };
  expect(nextFor({ ...own, deferredAt: at, interval: '00:15:00' })).toEqual({
    kind: 'messageRetry',
    at: '2026-11-28T23:20:00.000Z',
  });
  expect(nextFor({ ...own, ...nothing })).toEqual({ kind: 'messageRetry', at: null });
});
