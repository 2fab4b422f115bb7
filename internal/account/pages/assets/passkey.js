// The two things with passkeys that a page cannot do without a script: to make one, and to sign with one. Everything else works without.
"use strict";
(() => {
  const buttons = document.querySelectorAll("button[data-passkey]");
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON) return;

  const post = async (path, body) => {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body ?? {}) });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail || said.title);
    return said;
  };
  const ways = {
    async make(data) {
      const options = await post("/account/passkeys/options");
      const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) });
      const name = document.getElementById(data.name).value.trim() || data.unnamed;
      return post("/account/passkeys?to=" + encodeURIComponent(data.to || "/"), { name, credential: credential.toJSON() });
    },
    async sign(data) {
      const options = await post("/sign-in/passkey/options");
      const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) });
      return post("/sign-in/passkey?to=" + encodeURIComponent(data.to || "/"), credential.toJSON());
    },
  };
  for (const button of buttons) {
    button.closest("[data-passkeys]").hidden = false;
    button.addEventListener("click", async () => {
      const said = document.getElementById(button.dataset.said);
      said.textContent = "";
      button.disabled = true;
      try {
        location.assign((await ways[button.dataset.passkey](button.dataset)).to);
      } catch (error) {
        // NotAllowedError: the person closed the window of the browser, which needs no comment beyond that.
        said.textContent = error.name === "NotAllowedError" ? button.dataset.stopped : error.message;
        button.disabled = false;
      }
    });
  }
})();
