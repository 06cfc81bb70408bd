/*
 * ElastiCache's windows: hh:mm-hh:mm of each day, ddd:hh:mm-ddd:hh:mm of each week, UTC. Both may pass midnight.
 */

const DAY = 1440;
const WEEK = 7 * DAY;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

interface Span {
  /** Minute of the week. */
  readonly start: number;
  readonly minutes: number;
}

/** Minutes from the start of a window to its end; 0 if both are the same. */
export function minutesOf(window: string): number {
  return spanOf(window).minutes;
}

/** Whether a daily and a weekly window have a minute in common. */
export function windowsOverlap(daily: string, weekly: string): boolean {
  const week = spanOf(weekly);
  const day = spanOf(daily);
  return DAYS.some((_, index) => {
    const start = day.start + index * DAY;
    return before(week.start, start) < week.minutes || before(start, week.start) < day.minutes;
  });
}

/** Minutes from one moment of the week to the next time of another. */
function before(from: number, to: number): number {
  return (to - from + WEEK) % WEEK;
}

function spanOf(window: string): Span {
  const [start = 0, end = 0] = window.split("-").map(minuteOf);
  const cycle = /^\d/.test(window) ? DAY : WEEK;
  return { start, minutes: (end - start + cycle) % cycle };
}

/** Minute of the week, or of the day if no day is named. */
function minuteOf(moment: string): number {
  const [minute = 0, hour = 0, day = 0] = moment
    .split(":")
    .reverse()
    .map((part) => (DAYS.includes(part) ? DAYS.indexOf(part) : Number(part)));
  return (day * 24 + hour) * 60 + minute;
}
