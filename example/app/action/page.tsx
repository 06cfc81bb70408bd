import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Fact } from "@/components/facts";
import { HttpError } from "@/lib/errors";
import { podName } from "@/lib/identity";
import { addMessage, MESSAGE_LENGTH, readMessages } from "@/lib/messages";
import type { Message } from "@/lib/messages";

export const metadata: Metadata = { title: "Action" };
export const dynamic = "force-dynamic";

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ActionPage({ searchParams }: Props) {
  const { refused } = await searchParams;
  const { messages, problem } = await read();
  const formBy = podName();

  // `formBy` travels in the form, encrypted: the pod that takes it needs the same build key.
  async function send(form: FormData) {
    "use server";
    const given = form.get("text");
    const text = typeof given === "string" ? given.trim() : "";
    if (!text || text.length > MESSAGE_LENGTH) redirect("/action?refused=length");
    if (!(await add({ text, formBy, takenBy: podName(), at: new Date().toISOString() }))) {
      redirect("/action?refused=redis");
    }
    redirect("/action");
  }

  return (
    <>
      <h1>Taken by any pod</h1>
      <p>A server action, with or without JavaScript in the browser.</p>
      <form action={send}>
        <input name="text" aria-label="Message" maxLength={MESSAGE_LENGTH} required />
        <button>Send</button>
      </form>
      <Problem text={problem ?? explain(refused)} />
      <dl>
        <Fact id="pod" label="Form by pod" value={formBy} />
      </dl>
      <ul data-testid="messages">
        {messages.map(({ text, at, formBy, takenBy }) => (
          <li key={`${at} ${takenBy}`}>
            <span data-testid="message">{text}</span>{" "}
            <span className="soft">{`form by ${formBy}, taken by ${takenBy}, ${at}`}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Problem({ text }: { text?: string }) {
  if (!text) return null;
  return (
    <p className="problem" role="alert" data-testid="problem">
      {text}
    </p>
  );
}

function explain(refused: string | string[] | undefined): string | undefined {
  if (refused === "length") return `A message has 1 to ${MESSAGE_LENGTH} characters.`;
  if (refused === "redis") return "The message was not kept: Redis cannot be reached.";
  return undefined;
}

async function add(message: Message): Promise<boolean> {
  try {
    await addMessage(message);
    return true;
  } catch (error) {
    if (error instanceof HttpError) return false;
    throw error;
  }
}

async function read(): Promise<{ messages: Message[]; problem?: string }> {
  try {
    return { messages: await readMessages() };
  } catch (error) {
    if (error instanceof HttpError) return { messages: [], problem: error.message };
    throw error;
  }
}
