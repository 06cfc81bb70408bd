"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { SyntheticEvent } from "react";

export function UploadForm() {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function upload(form: HTMLFormElement) {
    const file = new FormData(form).get("file");
    if (!(file instanceof File)) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await put(file);
      form.reset();
      router.refresh();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  function onSubmit(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    void upload(event.currentTarget);
  }

  return (
    <form onSubmit={onSubmit} data-release={process.env.RELEASE_ID}>
      <input type="file" name="file" aria-label="File" required />
      <button disabled={busy}>{busy ? "Uploading…" : "Upload"}</button>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

async function put(file: File): Promise<void> {
  const response = await fetch(`/api/uploads/${encodeURIComponent(file.name)}`, {
    method: "PUT",
    body: file,
  });
  if (response.ok) return;
  const answer = (await response.json().catch(() => ({}))) as { error?: string };
  throw new Error(answer.error ?? `The server answered ${response.status}.`);
}
