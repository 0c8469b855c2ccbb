// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/health_cycle.h"
#include "app/demo/service.h"

#include <string>

namespace reverxy::demo {

/// How one instance of the shop differs from the others.
struct ShopManner {
    std::string name; // told in X-Served-By
    Milliseconds quickest{2};
    Milliseconds slowest{15};
    uint32_t hangsUpOneIn = 0; // of so many questions one is left without an answer; 0 = none
    HealthCycle health;
};

/// An instance of the demo's web shop: a page, products that caches may keep for a while, a stock that must be
/// asked for again, searches and orders that are new each time, and among those some that fail.
class Shop final : public Service {
  public:
    Shop(ShopManner manner, Draw draw) : m_manner(std::move(manner)), m_draw(draw) {}

    static constexpr uint32_t products = 40; // numbered from 1

    Answer answer(const Question& question, Milliseconds elapsed) override;

    std::string event(uint64_t) const override { return {}; }

  private:
    Answer answerAt(const Question& question, Milliseconds elapsed);
    Answer productAnswer(std::string_view number);
    Answer searchAnswer(const Question& question);
    Answer orderAnswer(const Question& question);
    Answer cartAnswer(const Question& question);
    Milliseconds think();

    ShopManner m_manner;
    Draw m_draw;
    uint32_t m_orders = 0;
};

} // namespace reverxy::demo
