// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/health_cycle.h"
#include "app/demo/service.h"

namespace reverxy::demo {

/// The demo's news service: the latest headlines as a list, and /stream, which sends each as a server-sent event.
class News final : public Service {
  public:
    Answer answer(const Question& question, Milliseconds elapsed) override;
    std::string event(uint64_t number) const override;

  private:
    HealthCycle m_health;
};

} // namespace reverxy::demo
