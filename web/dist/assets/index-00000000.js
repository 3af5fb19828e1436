// Stands for the admin center until it is built: says who is signed in.
const answer = await fetch(new URL("api/v1/session", document.baseURI));
document.getElementById("root").textContent = answer.ok
  ? `Relais: ${(await answer.json()).user}`
  : "Relais: nobody is signed in.";
