import type { Metadata } from "next";
import Image from "next/image";

export const metadata: Metadata = { title: "Images" };

export default function ImagesPage() {
  return (
    <>
      <h1>Scaled by the server</h1>
      <p>
        The first request for a size and format costs a pod the work; the result is kept on disk,
        and with a shared folder no other pod repeats it.
      </p>
      <Image
        src="/hills.jpg"
        alt="Blue hills behind one another under an evening sky"
        width={1200}
        height={750}
        sizes="(max-width: 46rem) 100vw, 46rem"
        data-testid="image"
      />
    </>
  );
}
