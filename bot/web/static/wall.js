// The words as large as the screen allows, and never under a twentieth of its height.
"use strict";

(() => {
  const LARGEST = 10; // hundredths of the height
  const SMALLEST = 5;
  const STEP = 0.25;
  const EACH_LANGUAGE = 12_000; // milliseconds
  let turns = 0;

  function fit() {
    clearInterval(turns);
    const middle = document.querySelector("[data-fit]");
    if (!middle) return;
    const scene = middle.closest(".scene");
    const versions = [...middle.querySelectorAll(".asked")];
    tighten(scene, middle, false);
    for (const each of versions) each.hidden = false;
    if (enlarge(middle)) return;
    tighten(scene, middle, true);
    if (enlarge(middle) || versions.length < 2) return;
    inTurns(middle, versions);
  }

  // All the room there is goes to the question; what surrounds it moves beside the QR code.
  function tighten(scene, middle, is) {
    scene.classList.toggle("tight", is);
    const facts = scene.querySelector(".facts");
    if (facts) (is ? scene.querySelector(".about") : middle).append(facts);
  }

  function enlarge(middle) {
    for (let size = LARGEST; size >= SMALLEST; size -= STEP) {
      middle.style.fontSize = `${size}vh`;
      if (middle.scrollHeight <= middle.clientHeight && middle.scrollWidth <= middle.clientWidth) return true;
    }
    return false;
  }

  // Two languages that do not fit together: one after the other, at one size.
  function inTurns(middle, versions) {
    const alone = (shown) => {
      for (const each of versions) each.hidden = each !== shown;
    };
    const sizes = versions.map((each) => {
      alone(each);
      enlarge(middle);
      return parseFloat(middle.style.fontSize);
    });
    middle.style.fontSize = `${Math.min(...sizes)}vh`;
    let turn = 0;
    alone(versions[turn]);
    turns = setInterval(() => alone(versions[++turn % versions.length]), EACH_LANGUAGE);
  }

  async function stayAwake() {
    try {
      await navigator.wakeLock?.request("screen");
    } catch {
      // Not allowed here: the computer's own settings decide.
    }
  }

  document.addEventListener("live:change", fit);
  document.addEventListener("visibilitychange", stayAwake);
  addEventListener("resize", fit);
  fit();
  stayAwake();
})();
