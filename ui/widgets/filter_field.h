// SPDX-License-Identifier: MIT
#pragma once

#include <QLineEdit>

namespace reverxy::ui {

/// The field above a list into which people write what they look for: Escape empties it, Down and Return lead into
/// the list.
class FilterField final : public QLineEdit {
  public:
    /// Without a list until leadTo().
    explicit FilterField(QWidget* parent);

    /// The list must live as long as the field.
    void leadTo(QWidget& list) { m_list = &list; }

    /// Takes the focus for a shortcut; what is there is selected, to be written over.
    void begin();

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    QAction* m_sign = nullptr;
    QWidget* m_list = nullptr;
};

} // namespace reverxy::ui
