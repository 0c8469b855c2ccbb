// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/draw.h"
#include "app/demo/service.h"

#include <optional>

namespace reverxy::demo {

/// How a backend answers its health check: well, but for a part of every period; or as a person has told it to.
class HealthCycle {
  public:
    /// Always well.
    HealthCycle() = default;

    /// In each `period` well first, and ill for `illness` at its end.
    HealthCycle(Milliseconds period, Milliseconds illness) : m_period(period), m_illness(illness) {}

    bool isWell(Milliseconds elapsed) const;

    /// /health: GET asks; PUT with the body "up" or "down" holds it there, with "auto" lets the cycle go on.
    Answer answer(const Question& question, Milliseconds elapsed);

  private:
    Milliseconds m_period{0}; // 0: no cycle
    Milliseconds m_illness{0};
    std::optional<bool> m_held;
};

} // namespace reverxy::demo
